"""Every limit in one place. Sizes in bytes, times in seconds, unless the name says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

KIB = 1024
MIB = 1024 * KIB
DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Limits:
    http_body: int = 1 * MIB
    http_upload: int = 25 * MIB + 64 * KIB
    """For those who are signed in, at `/files/`: the largest file and the form around it."""
    response_stalled: float = 120
    """For how long a client may take nothing of a long answer before it is hung up on."""

    frame_in: int = 4 * MIB
    """Room for a message of 1 MiB as JSON writes it; other frames are held to `frame_in_plain`."""
    frame_in_plain: int = 256 * KIB
    frame_depth: int = 32
    frames_per_second: int = 10
    frames_burst: int = 30
    frame_out: int = 256 * KIB
    frames_unacknowledged: int = 32
    sockets_per_user: int = 20
    sockets_per_address: int = 60
    socket_ping: float = 20
    socket_seconds: int = 12 * 3600
    socket_recheck: float = 3
    acknowledgement_wait: float = 60

    turns_per_user: int = 4
    message_text: int = 1 * MIB
    system_text: int = 256 * KIB
    title_characters: int = 200
    label_characters: int = 40
    labels: int = 200
    """Folders of one person, and as many tags."""
    tags_per_conversation: int = 20
    output: int = 8 * MIB
    first_byte_wait: float = 60
    idle_wait: float = 90
    reasoning_idle_wait: float = 300
    turn_seconds: float = 15 * 60

    flush_interval: float = 0.033
    checkpoint_interval: float = 1.0
    heartbeat_stale: float = 15
    """A running turn whose heartbeat is older than this counts as interrupted."""
    drain_seconds: float = 30

    session_idle: int = 14 * DAY
    session_absolute: int = 30 * DAY
    session_touch: int = 3600
    """A session in use is written to at most this often."""
    sign_in_link: int = 1 * DAY
    invitation_link: int = 7 * DAY
    reset_link: int = 3600
    shares: int = 500
    demos: int = 100
    guest_present: int = 120
    """A guest who has not been heard of for so long makes room for another."""
    guest_message: int = 16 * KIB
    share_recheck: float = 1
    spectators_per_address: int = 300
    """A lecture hall has one address."""
    spectator_frames_per_second: int = 1000
    """For all spectators of a share together: the more there are, the larger and fewer."""
    share_passwords_per_minute: int = 10
    """For one share from one address; ten times as many from all."""
    visit: int = 1800
    """Whoever comes back to a share within that time is still on the same visit."""
    visits_kept: int = 90 * DAY
    team_invitation: int = 7 * DAY
    team_members: int = 200
    team_name_characters: int = 100
    teams_per_user: int = 50
    link_misses_per_minute_address: int = 30
    user_name_characters: int = 40
    name_characters: int = 80
    password_characters: int = 512
    sign_ins_per_minute_user: int = 5
    sign_ins_per_minute_address: int = 20
    deleted_kept: int = 30 * DAY
    title_seconds: float = 30
    """A title that takes longer is not waited for."""
    temporary_per_user: int = 5
    """Temporary conversations that are open at the same time, in one process."""
    temporary_in_all: int = 200
    temporary_bytes: int = 64 * MIB
    """Words, receipts and files of one of them."""
    temporary_bytes_in_all: int = 512 * MIB
    temporary_idle: float = 3600
    """Nobody looked at it for so long: it is forgotten."""
    temporary_sweep: float = 15
    import_bytes: int = 4096 * MIB
    """One file of a person's; it arrives in pieces of half a MiB."""
    import_kept: int = 1 * DAY
    """A file that was sent and neither taken nor given up."""
    import_conversation: int = 64 * MIB
    """One conversation in it, as JSON: it is in memory whole."""
    import_unpacked: int = 8192 * MIB
    import_entries: int = 100_000
    """Files in an archive."""
    import_list: int = 20 * MIB
    """The list of files at the end of an archive."""

    endpoint_address_characters: int = 500
    endpoint_key_characters: int = 4096
    endpoint_models: int = 500
    """Ids that are named by hand."""
    endpoint_checks_per_minute: int = 12
    own_endpoints: int = 10
    api_body: int = 20 * MIB
    api_keys: int = 100
    """Of one person, without those that are revoked."""
    key_patterns: int = 50
    tasks_at_once: int = 200
    """For each worker. A task that waits for its provider costs next to nothing."""
    task_interval: float = 1.0
    task_stale: float = 30
    """A running task whose heartbeat is older than this is given to another worker."""
    task_attempts: int = 3
    task_pause: float = 30
    """Before a task is tried again whose provider is limiting requests and does not say for how
    long."""
    task_kept: int = 1 * DAY
    reply_kept: int = 1 * DAY
    """To a request with an idempotency key."""
    call_stale: float = 60
    """A running call whose heartbeat is older than this was killed with its process."""
    entry_stale: int = 3600
    """No answer takes as long: what is reserved for longer was left behind."""
    tasks_waiting: int = 1000
    """Of one person."""
    fallbacks: int = 2
    """Other endpoints of the same model that are tried when one fails before its first word."""

    image_bytes: int = 20 * MIB
    image_pixels: int = 40_000_000
    image_frames: int = 100
    pdf_bytes: int = 20 * MIB
    pdf_pages: int = 500
    sound_bytes: int = 25 * MIB
    sound_seconds: int = 2 * 3600
    text_bytes: int = 1 * MIB
    thumbnail_pixels: int = 768
    file_name_characters: int = 150
    files_per_message: int = 20
    files_unsent: int = 50
    """Files of one person that belong to no message yet."""
    files_unsent_kept: int = 1 * DAY
    request_media: int = 32 * MIB
    """All files of a conversation that go to a model at once."""
    decoders: int = 2
    """Child processes that look into files, at the same time."""
    decoder_memory: int = 1024 * MIB
    decoder_seconds: int = 20
