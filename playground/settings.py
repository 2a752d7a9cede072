"""Every setting, from the environment and nowhere else. See docs/configuration.md."""

from __future__ import annotations

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from chat.llm.providers import PROVIDERS
from playground import env
from playground.limits import Limits

BASE = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

DEBUG = env.flag("PLAYGROUND_DEBUG", default=False)
DATA = env.folder("PLAYGROUND_DATA", BASE / "data")
SECRET_KEY = env.secret("PLAYGROUND_SECRET_KEY", DATA / "secret_key")
MASTER_KEYS = env.keys("PLAYGROUND_MASTER_KEY", DATA / "master_key")
"""What providers' keys are encrypted with. One of its own: a new SECRET_KEY must not lose them."""

# Where people find us. Links in messages, allowed hosts and origins all follow from this.
HOST = env.text("PLAYGROUND_HOST", "127.0.0.1")
PORT = env.number("PLAYGROUND_PORT", 8000, minimum=1, maximum=65535)
SITE_URL = env.origin("PLAYGROUND_SITE_URL", f"http://127.0.0.1:{PORT}")
TRUSTED_PROXIES = env.number("PLAYGROUND_TRUSTED_PROXIES", 0, maximum=10)

_site = urlsplit(SITE_URL)
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
# A person on this machine types any of its names; none of them is another site.
_host = f"[{_site.hostname}]" if ":" in str(_site.hostname) else str(_site.hostname)
_names = _LOOPBACK if _host in _LOOPBACK else (_host,)
_port = f":{_site.port}" if _site.port else ""
ALLOWED_HOSTS = list(_names)
ALLOWED_ORIGINS = [f"{_site.scheme}://{name}{_port}" for name in _names]
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
IS_HTTPS = _site.scheme == "https"

INSTALLED_APPS = [
    "chat",  # first: its runserver stands in for that of staticfiles
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    "playground.middleware.security_headers",
    "playground.middleware.CompressedPages",
    "django.middleware.security.SecurityMiddleware",
    "playground.middleware.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "playground.middleware.utf8_only",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "chat.sessions.slide",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "playground.urls"
ASGI_APPLICATION = "playground.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {"default": env.database("DATABASE_URL", DATA / "playground.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LIMITS = Limits()
DATA_UPLOAD_MAX_MEMORY_SIZE = LIMITS.http_body
# Never by way of a file of the system's: what is attached to a temporary conversation stays in
# memory, and all of it would be read into memory anyway.
FILE_UPLOAD_MAX_MEMORY_SIZE = LIMITS.http_upload

# People
AUTH_USER_MODEL = "chat.User"
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
SESSION_COOKIE_AGE = LIMITS.session_idle
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "playground_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "playground_csrf"

# Security: the Content-Security-Policy and its kin are set in playground.middleware.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
# Whoever speaks https for us has to say so, or every visit would be redirected to itself.
SECURE_SSL_REDIRECT = IS_HTTPS and TRUSTED_PROXIES > 0
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# Language and time
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False


def _static_version() -> str:
    """A name for the present content of static/, so that every file may be cached for ever."""
    digest = hashlib.sha256()
    for path in sorted((BASE / "static").rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(BASE).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


# Django's hashing of file names misses imports inside ES modules; a versioned prefix misses none.
STATIC_VERSION = _static_version()
STATIC_URL = f"/static/{STATIC_VERSION}/"
# All versions side by side: a page that is open while we are replaced goes on finding its files.
WHITENOISE_ROOT = DATA / "public"
STATIC_ROOT = WHITENOISE_ROOT / "static" / STATIC_VERSION
STATICFILES_DIRS = [BASE / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 0
WHITENOISE_IMMUTABLE_FILE_TEST = "^$" if DEBUG else "^/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Models
LOCAL_MODEL = env.switch("PLAYGROUND_LOCAL_MODEL", default="on")
"""`on`: the one that came with us; `off`; or the path of another GGUF file."""
OPENAI_API_KEY = env.text("OPENAI_API_KEY")
OPENAI_BASE_URL = env.text("OPENAI_BASE_URL")
ENDPOINTS = env.endpoints("PLAYGROUND_ENDPOINTS")
"""A JSON list of objects: name, label, provider, dialect, base_url, api_key or api_key_variable,
is_private_allowed, models (their ids, where the endpoint cannot list them itself)."""
PROVIDER_KEYS = env.providers(
    # OPENAI_API_KEY is read above: its address may be that of somebody else.
    row
    for row in PROVIDERS.values()
    if row.key_variable != "OPENAI_API_KEY"
)
OWN_KEYS = env.flag("PLAYGROUND_OWN_KEYS", default=False)
"""Whether people may bring keys of their own."""
PUBLIC_CATALOG = env.flag("PLAYGROUND_PUBLIC_CATALOG", default=False)
"""Whether the model pages are for everybody. They say nothing of what is configured here."""

# The API
API_ORIGINS = env.origins("PLAYGROUND_API_ORIGINS")
"""Of other sites' pages that may ask with a key, beside our own."""
API_KEY_IN_ADDRESS = env.flag("PLAYGROUND_API_KEY_IN_ADDRESS", default=False)
"""Whether `?key=` counts. Addresses end up in logs."""

LOG_LEVEL = env.choice(
    "PLAYGROUND_LOG_LEVEL", ("DEBUG", "INFO", "WARNING", "ERROR"), default="INFO"
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_links": {"()": "playground.logs.WithoutLinks"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["without_links"],
        }
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "httpx": {"level": "WARNING"},
        # Who waits for the connection is told by an exception; the pool need not say it as well.
        "psycopg.pool": {"level": "ERROR"},
        # A wrong Host header is answered with 400; its traceback helps nobody.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
