"""The WSGI application that the server runs, warm before the first request."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zonula_web.settings")
application = get_wsgi_application()

from zonula_web.warm import warm_up  # noqa: E402 - it needs the settings

warm_up()
