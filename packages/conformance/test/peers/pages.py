"""Shared by both peers: sign-in and consent pages, written with care so that only the library under test is measured."""

import html
import json
import secrets
import sys
import threading
import time
from importlib import metadata

from flask import Flask, redirect, request, session
from werkzeug.serving import make_server

# Clients with the octets of a target, as JSON: {"clients": [{"key", "secret", "publicKey"}], "callback"}.
settings = json.loads(sys.argv[1])


class Store:
    """A dictionary across a network: every call takes its time, and each is atomic."""

    def __init__(self):
        self.lock = threading.Lock()
        self.values = {}

    def call(self, work):
        time.sleep(0.02)
        with self.lock:
            return work(self.values)

    def get(self, key):
        return self.call(lambda values: values.get(key))

    def set(self, key, value, timeout=None):
        self.call(lambda values: values.__setitem__(key, value))

    def has(self, key):
        return self.call(lambda values: key in values)

    def delete(self, key):
        return self.call(lambda values: values.pop(key, None))

    def add(self, key, value):
        """True for the first caller alone."""
        return self.call(lambda values: values.setdefault(key, value) is value)


def new_app():
    app = Flask(__name__)
    app.secret_key = secrets.token_bytes(32)

    @app.post("/sign-in")
    def sign_in():
        if not from_own_form():
            return page("This form is not yours.", 403)
        session["user"] = request.form["name"]
        return redirect("/oauth/authorize?" + request.form["query"], 303)

    return app


def page(content, status=200):
    headers = {
        "Content-Type": "text/html; charset=utf-8",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
    }
    return "<!doctype html><title>Peer</title>" + content, status, headers


def from_own_form():
    return secrets.compare_digest(request.form.get("form_token", ""), session.get("form_token", secrets.token_hex()))


def decision_page(token):
    """The page to show before a decision: sign-in, then consent."""
    session.setdefault("form_token", secrets.token_hex())
    hidden = '<input type="hidden" name="form_token" value="%s">' % session["form_token"]
    if "user" not in session:
        query = html.escape(request.query_string.decode("latin-1"))
        return page(
            '<form method="post" action="/sign-in">%s<input type="hidden" name="query" value="%s">'
            '<input name="name"><input type="password" name="password"><button>Sign in</button></form>' % (hidden, query)
        )
    return page(
        '<form method="post" action="/oauth/authorize">%s<input type="hidden" name="oauth_token" value="%s">'
        '<button name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button></form>'
        % (hidden, html.escape(token))
    )


def code_page(code):
    return page("<p>Your code is <code>%s</code></p>" % html.escape(code))


def serve(app, *packages):
    """Listens on a free port, prints it with the versions of the packages, and runs until standard input ends."""
    server = make_server("localhost", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    versions = ["%s %s" % (name, metadata.version(name)) for name in (*packages, "Flask")]
    print(json.dumps({"port": server.server_port, "versions": ", ".join(versions)}), flush=True)
    sys.stdin.read()
