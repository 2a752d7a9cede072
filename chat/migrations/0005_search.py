import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chat.models.search_index import facts_of, first_id, text_of
from chat.models.words import indexed

CHUNK = 500

# Contentless: the words are in the tables, which triggers keep the index up with. The owner is a
# word of the index, so that somebody else's messages are never even looked at.
SQLITE = """
CREATE VIRTUAL TABLE chat_message_words USING fts5(
    owner, body, facts, content='', columnsize=0, prefix='2 3', tokenize='unicode61');
CREATE TRIGGER chat_message_words_insert AFTER INSERT ON chat_indexedmessage BEGIN
    INSERT INTO chat_message_words(rowid, owner, body, facts)
    VALUES (new.id, 'u' || new.user_id, new.body, new.facts);
END;
CREATE TRIGGER chat_message_words_delete AFTER DELETE ON chat_indexedmessage BEGIN
    INSERT INTO chat_message_words(chat_message_words, rowid, owner, body, facts)
    VALUES ('delete', old.id, 'u' || old.user_id, old.body, old.facts);
END;
CREATE TRIGGER chat_message_words_update AFTER UPDATE ON chat_indexedmessage BEGIN
    INSERT INTO chat_message_words(chat_message_words, rowid, owner, body, facts)
    VALUES ('delete', old.id, 'u' || old.user_id, old.body, old.facts);
    INSERT INTO chat_message_words(rowid, owner, body, facts)
    VALUES (new.id, 'u' || new.user_id, new.body, new.facts);
END;
CREATE VIRTUAL TABLE chat_title_words USING fts5(
    owner, body, content='', columnsize=0, prefix='2 3', tokenize='unicode61');
CREATE TRIGGER chat_title_words_insert AFTER INSERT ON chat_indexedtitle BEGIN
    INSERT INTO chat_title_words(rowid, owner, body) VALUES (new.id, 'u' || new.user_id, new.body);
END;
CREATE TRIGGER chat_title_words_delete AFTER DELETE ON chat_indexedtitle BEGIN
    INSERT INTO chat_title_words(chat_title_words, rowid, owner, body)
    VALUES ('delete', old.id, 'u' || old.user_id, old.body);
END;
CREATE TRIGGER chat_title_words_update AFTER UPDATE ON chat_indexedtitle BEGIN
    INSERT INTO chat_title_words(chat_title_words, rowid, owner, body)
    VALUES ('delete', old.id, 'u' || old.user_id, old.body);
    INSERT INTO chat_title_words(rowid, owner, body) VALUES (new.id, 'u' || new.user_id, new.body);
END;
"""
SQLITE_BACK = ["DROP TABLE chat_message_words", "DROP TABLE chat_title_words"]

POSTGRESQL = [
    "CREATE EXTENSION IF NOT EXISTS btree_gin",
    """ALTER TABLE chat_indexedmessage
    ADD COLUMN body_words tsvector
        GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED,
    ADD COLUMN facts_words tsvector
        GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, facts)) STORED""",
    """ALTER TABLE chat_indexedtitle ADD COLUMN body_words tsvector
        GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, body)) STORED""",
    """CREATE INDEX chat_message_words ON chat_indexedmessage
        USING gin (user_id, body_words, facts_words) WITH (fastupdate = off)""",
    """CREATE INDEX chat_title_words ON chat_indexedtitle
        USING gin (user_id, body_words) WITH (fastupdate = off)""",
]


def install(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for statement in POSTGRESQL:
            schema_editor.execute(statement)
        return
    # A statement ends where a line does; those of a trigger are indented.
    for statement in SQLITE.strip().split(";\nCREATE"):
        statement = statement if statement.startswith("CREATE") else "CREATE" + statement
        schema_editor.execute(statement.rstrip().removesuffix(";"))


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in SQLITE_BACK:
            schema_editor.execute(statement)


def fill(apps, schema_editor):
    """Index what was written before there was an index."""
    Conversation, IndexedMessage, IndexedTitle, Message, Turn = (
        apps.get_model("chat", name)
        for name in ("Conversation", "IndexedMessage", "IndexedTitle", "Message", "Turn")
    )
    titles = Conversation.objects.exclude(title="").values_list("pk", "user_id", "title")
    for chunk in chunks(titles.order_by("pk").iterator(CHUNK)):
        IndexedTitle.objects.bulk_create(
            IndexedTitle(conversation_id=pk, user_id=user, body=indexed(title))
            for pk, user, title in chunk
        )
    rows = Message.objects.order_by("pk").values_list(
        "pk", "created_at", "conversation_id", "conversation__user_id", "parts"
    )
    for chunk in chunks(rows.iterator(CHUNK)):
        keys = {}
        pks = [row[0] for row in chunk]
        turns = Turn.objects.values_list("prompt_id", "answer_id", "receipt__asked__model")
        for prompt, answer, key in [
            *turns.filter(prompt__in=pks), *turns.filter(answer__in=pks)
        ]:
            for pk in (prompt, answer):
                keys.setdefault(pk, {})[key or ""] = None
        IndexedMessage.objects.bulk_create(
            IndexedMessage(
                id=first_id(at) + pk % (1 << 20), message_id=pk, conversation_id=conversation,
                user_id=user, body=indexed(text_of(parts)),
                facts=facts_of(parts, list(keys.get(pk, ()))),
            )
            for pk, at, conversation, user, parts in chunk
        )


def chunks(rows):
    chunk = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_file'),
    ]

    operations = [
        migrations.CreateModel(
            name='IndexedMessage',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('body', models.TextField()),
                ('facts', models.TextField(blank=True)),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indexed_messages', to='chat.conversation')),
                ('message', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='indexed', to='chat.message')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-id'], name='indexed_message_newest')],
            },
        ),
        migrations.CreateModel(
            name='IndexedTitle',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField()),
                ('conversation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='indexed_title', to='chat.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.RunPython(install, remove),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
