from django.db import migrations, models

# Which words stand beside one another, as numbers of 16 bits: a GIN index does not know places, so
# that a phrase of frequent words would have every message read that has them anywhere. A number
# that two pairs share costs a look at a message more, and finds nothing wrong.
POSTGRESQL = [
    """CREATE OR REPLACE FUNCTION chat_word_pairs(body text) RETURNS integer[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
        SELECT array_agg(DISTINCT hashtext(one || ' ' || next) & 65535)
        FROM (SELECT string_to_array(body, ' ') AS words) AS split,
        unnest(words[:array_length(words, 1) - 1], words[2:]) AS pair(one, next)
    $$""",
    "DROP INDEX IF EXISTS chat_message_words",
    """CREATE INDEX chat_message_words ON chat_indexedmessage
        USING gin (user_id, body_words, facts_words, chat_word_pairs(body))
        WITH (fastupdate = off)""",
]
POSTGRESQL_BACK = [
    "DROP INDEX chat_message_words",
    """CREATE INDEX chat_message_words ON chat_indexedmessage
        USING gin (user_id, body_words, facts_words) WITH (fastupdate = off)""",
    "DROP FUNCTION chat_word_pairs(text)",
]


def install(apps, schema_editor):
    run(schema_editor, POSTGRESQL)


def remove(apps, schema_editor):
    run(schema_editor, POSTGRESQL_BACK)


def run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        for statement in statements:
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0017_shares'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='indexedtitle',
            index=models.Index(fields=['user', '-id'], name='indexed_title_newest'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('starred_at__isnull', False)), fields=['starred_at'], name='message_starred'),
        ),
        migrations.RunPython(install, remove),
    ]
