"""Applications in Python, each with a place for the fix: /data answers, /boom fails.

Needs flask, flask-cors, django, django-cors-headers, djangorestframework, fastapi, uvicorn, gunicorn,
daphne, aiohttp, aiohttp-cors and tornado.
"""
import sys

from server import ORIGIN, OTHER, Server


def flask(before, cors):
    script = f"""from flask import Flask, current_app, jsonify, request
from flask_cors import CORS
app = Flask(__name__)
{cors}
@app.before_request
def check():
{before}
@app.route("/data", methods=["POST", "GET"])
def data():
    return jsonify(ok=True)
@app.route("/boom", methods=["POST"])
def boom():
    raise RuntimeError("boom")
app.run("127.0.0.1", @PORT@)"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def django(settings):
    script = f"""import sys
from django.conf import settings
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
{settings}
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="lab", INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=MIDDLEWARE, **{{k: v for k, v in globals().items() if k.startswith("CORS_")}})
urlpatterns = [path("data", csrf_exempt(require_http_methods(["GET", "POST"])(lambda r: JsonResponse({{"ok": True}})))), path("boom", csrf_exempt(lambda r: 1 / 0))]
from django.core.management import execute_from_command_line
execute_from_command_line(["app", "runserver", "--noreload", "127.0.0.1:@PORT@"])"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def starlette(cors):
    script = f"""from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
import uvicorn
app = FastAPI()
@app.post("/data")
def data():
    return {{"ok": True}}
@app.post("/boom")
def boom():
    raise RuntimeError("boom")
{cors}
uvicorn.run(app, host="127.0.0.1", port=@PORT@, log_level="error")"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def body_of(django_fix):
    """The printed settings, without the ellipsis that stands for the project's own middleware."""
    return django_fix.replace(", ...]", ", 'django.middleware.common.CommonMiddleware']")


NO_MIDDLEWARE = "MIDDLEWARE = ['django.middleware.common.CommonMiddleware']"
REFUSE = '    if "Authorization" not in request.headers: return jsonify(error="unauthorized"), 401'
LET_OPTIONS_PASS = "\n" + REFUSE


def django_on(command, settings):
    """The same project behind another server than Django's own."""
    script = f"""from django.conf import settings
from django.http import JsonResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods
{settings}
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="lab", INSTALLED_APPS=["corsheaders"],
    MIDDLEWARE=MIDDLEWARE, **{{k: v for k, v in globals().items() if k.startswith("CORS_")}})
urlpatterns = [path("data", csrf_exempt(require_http_methods(["GET", "POST"])(lambda r: JsonResponse({{"ok": True}}))))]
import django
django.setup()
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
asgi, wsgi = get_asgi_application(), get_wsgi_application()"""
    return Server({"app.py": script}, [sys.executable, "-m", *command])


def rest_framework(settings):
    script = f"""from django.conf import settings
from django.urls import path
{settings}
settings.configure(DEBUG=False, ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="lab", INSTALLED_APPS=["corsheaders", "rest_framework"],
    MIDDLEWARE=MIDDLEWARE, REST_FRAMEWORK={{"UNAUTHENTICATED_USER": None, "DEFAULT_AUTHENTICATION_CLASSES": []}}, **{{k: v for k, v in globals().items() if k.startswith("CORS_")}})
import django
django.setup()
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView
class Data(APIView):
    def post(self, request):
        return Response({{"ok": True}})
class Locked(Data):
    permission_classes = [IsAuthenticated]
urlpatterns = [path("data", Data.as_view()), path("locked", Locked.as_view())]
from django.core.management import execute_from_command_line
execute_from_command_line(["app", "runserver", "--noreload", "127.0.0.1:@PORT@"])"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def aiohttp(cors):
    script = f"""from aiohttp import web
import aiohttp_cors
async def data(request):
    return web.json_response({{"ok": True}})
async def boom(request):
    raise RuntimeError("boom")
app = web.Application()
app.router.add_post("/data", data)
app.router.add_post("/boom", boom)
{cors}
web.run_app(app, host="127.0.0.1", port=@PORT@, print=None)"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def tornado(methods):
    methods = "\n".join("    " + line for line in methods.splitlines())
    script = f"""import asyncio
import tornado.web
class Base(tornado.web.RequestHandler):
    pass
{methods}
class Data(Base):
    def post(self):
        self.write({{"ok": True}})
class Boom(Base):
    def post(self):
        raise RuntimeError("boom")
async def main():
    tornado.web.Application([("/data", Data), ("/boom", Boom)]).listen(@PORT@, "127.0.0.1")
    await asyncio.Event().wait()
asyncio.run(main())"""
    return Server({"app.py": script}, [sys.executable, "app.py"])


def flask_on_gunicorn(cors):
    script = f"""from flask import Flask, jsonify
from flask_cors import CORS
app = Flask(__name__)
{cors}
@app.route("/data", methods=["POST", "GET"])
def data():
    return jsonify(ok=True)"""
    return Server({"app.py": script}, [sys.executable, "-m", "gunicorn", "-b", "127.0.0.1:@PORT@", "app:app"])


def cases():
    refuse = f"MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware', 'django.middleware.security.SecurityMiddleware', 'django.middleware.common.CommonMiddleware', 'django.middleware.clickjacking.XFrameOptionsMiddleware']\nCORS_ALLOWED_ORIGINS = ['{OTHER}']"
    yield "flask", "no CORS", "/data", lambda fix: flask("    pass", fix or "")
    yield "flask", "login check before CORS", "/data", lambda fix: flask(("    " + fix.split("\n")[0] if fix else REFUSE), fix.split("\n", 1)[1] if fix else "")
    yield "flask", "on gunicorn, no CORS", "/data", lambda fix: flask_on_gunicorn(fix or "")
    yield "django", "no CORS", "/data", lambda fix: django(body_of(fix) if fix else NO_MIDDLEWARE)
    yield "django", "origin not on the list", "/data", lambda fix: django(body_of(fix) if fix else f"MIDDLEWARE = ['corsheaders.middleware.CorsMiddleware']\nCORS_ALLOWED_ORIGINS = ['{OTHER}']")
    for name, command in (("gunicorn", ["gunicorn", "-b", "127.0.0.1:@PORT@", "app:wsgi"]),
                          ("uvicorn", ["uvicorn", "--host", "127.0.0.1", "--port", "@PORT@", "app:asgi"]),
                          ("daphne", ["daphne", "-b", "127.0.0.1", "-p", "@PORT@", "app:asgi"])):
        yield "django", f"on {name}, no CORS", "/data", lambda fix, c=command: django_on(c, body_of(fix) if fix else NO_MIDDLEWARE)
        yield "django", f"on {name}, origin not on the list", "/data", lambda fix, c=command: django_on(c, body_of(fix) if fix else refuse)
    yield "django", "REST framework, no CORS", "/data", lambda fix: rest_framework(body_of(fix) if fix else NO_MIDDLEWARE)
    yield "django", "REST framework, login before CORS", "/locked", lambda fix: rest_framework(body_of(fix) if fix else NO_MIDDLEWARE)
    yield "starlette", "no CORS", "/data", lambda fix: starlette(fix or "")
    yield "starlette", "origin not on the list", "/data", lambda fix: starlette(fix or f"app.add_middleware(CORSMiddleware, allow_origins=['{OTHER}'])")
    yield "aiohttp", "no CORS", "/data", lambda fix: aiohttp(fix or "")
    yield "aiohttp", "origin not on the list", "/data", lambda fix: aiohttp(fix or f"cors = aiohttp_cors.setup(app, defaults={{'{OTHER}': aiohttp_cors.ResourceOptions()}})\nfor route in list(app.router.routes()):\n    cors.add(route)")
    yield "tornado", "no CORS", "/data", lambda fix: tornado(fix or "")
    yield "starlette", "an error without the header", "/boom", lambda fix: starlette(fix or f"app.add_middleware(CORSMiddleware, allow_origins=['{ORIGIN}'], allow_methods=['POST'], allow_headers=['content-type'])")
    for name, start in (("starlette", starlette), ("aiohttp", aiohttp), ("tornado", tornado)):
        yield name, "no CORS, with a cookie", "/data", lambda fix, start=start: start(fix or ""), True
    yield "flask", "no CORS, with a cookie", "/data", lambda fix: flask("    pass", fix or ""), True
    yield "django", "no CORS, with a cookie", "/data", lambda fix: django(body_of(fix) if fix else NO_MIDDLEWARE), True
