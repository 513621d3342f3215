"""Django's settings, made from the table."""

from pathlib import Path

from assay.conf.settings_table import database, read_settings
from assay.conf.signing_key import Secret
from assay.core.limits import REQUEST_BYTES

ASSAY = read_settings()
_WEB = Path(__file__).resolve().parent.parent / "entry" / "web"

DATABASES = {"default": database(ASSAY)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
SECRET_KEY = ASSAY.secret_key or Secret(ASSAY.home / "keys" / "web.key")

INSTALLED_APPS = [
    "assay.store",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "assay.entry.web.account.library_sessions.LibrarySessions",
    "django_vite",
    "assay.entry.web",
]
MIDDLEWARE = [
    "assay.entry.web.security_headers.Guard",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "assay.entry.web.signed_in_visitor.Identify",
]
ROOT_URLCONF = "assay.conf.urls"
WSGI_APPLICATION = "assay.conf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_WEB / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "assay.entry.web.page_frame.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# --- where the server listens, and how it is reached -----------------------------------------------

ALLOWED_HOSTS = list(ASSAY.hosts)
CSRF_TRUSTED_ORIGINS = [ASSAY.url] if ASSAY.url else []
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ASSAY.behind_proxy else None
_HTTPS = ASSAY.url.startswith("https://")

STATIC_URL = "/static/"
STATICFILES_DIRS = [_WEB / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
# What the build of the pages makes carries its digest in its name, so browsers may keep it for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/built/assets/.*$"
DJANGO_VITE = {
    "default": {
        "manifest_path": _WEB / "static" / "built" / "manifest.json",
        "static_url_prefix": "built",
        "dev_mode": False,
    }
}

# --- cookies, sessions, uploads (SEC-8, SEC-10) ----------------------------------------------------

SESSION_ENGINE = "assay.store.accounts.digested_sessions"
SESSION_COOKIE_NAME = "__Host-assay" if _HTTPS else "assay"
SESSION_COOKIE_AGE = ASSAY.session_hours * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _HTTPS
DEVICE_COOKIE_NAME = "__Host-assay-device" if _HTTPS else "assay-device"
CSRF_COOKIE_NAME = "__Host-assay-csrf" if _HTTPS else "assay-csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "assay.entry.web.error_pages.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
DATA_UPLOAD_MAX_MEMORY_SIZE = REQUEST_BYTES.most
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 200
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
# A full cache forgets what still counts, so it holds far more than strangers can put there within a minute.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache_entry",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}

# --- accounts (SEC-6, SEC-7) -----------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["assay.entry.web.account.password_hashing.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "assay.service.sign_in.protection.guessable_passwords.NotGuessable"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/account/login/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "assay.entry.web.account.account_library.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "assay.entry.web.account.account_library.SocialAccountAdapter"
MFA_ADAPTER = "assay.entry.web.account.account_library.SecondFactorAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
# Failed tries are counted by service/sign_in/protection/count_tries.py; these slow down everything else.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "10/m/ip,8/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "signup": "20/m/ip",
    "reset_password": "20/m/ip,5/m/key",
}
ACCOUNT_FORMS = {
    "login": "assay.entry.web.account.account_library_forms.SignIn",
    "signup": "assay.entry.web.account.account_library_forms.SignUp",
    "reauthenticate": "assay.entry.web.account.account_library_forms.Again",
    "change_password": "assay.entry.web.account.account_library_forms.NewPassword",
    "set_password": "assay.entry.web.account.account_library_forms.FirstPassword",
    "reset_password": "assay.entry.web.account.account_library_forms.Forgotten",
    "reset_password_from_key": "assay.entry.web.account.account_library_forms.PasswordAfterReset",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# An address is known to be somebody's because an administrator invited it, whether or not a mail was sent.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "assay.entry.web.account.account_library_forms.SignInCode",
    "reauthenticate": "assay.entry.web.account.account_library_forms.AgainCode",
    "authenticate_webauthn": "assay.entry.web.account.account_library_forms.SignInPasskey",
}
MFA_TOTP_ISSUER = "Assay"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _HTTPS
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": list(ASSAY.identity_providers)}}
USERSESSIONS_TRACK_ACTIVITY = False
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if ASSAY.mail_host
    else ("django.core.mail.backends.dummy.EmailBackend")
)
EMAIL_HOST = ASSAY.mail_host
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = ASSAY.mail_from

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        # Refusals (4xx) are events of the audit trail, not lines of a log.
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.security": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "assay.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
