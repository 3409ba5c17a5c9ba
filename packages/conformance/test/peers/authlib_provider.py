"""A provider as Authlib's documentation builds one: Flask, a cache, and clients and tokens in memory."""

import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth1 import (
    AuthorizationServer,
    ResourceProtector,
    create_exists_nonce_func,
    register_nonce_hooks,
    register_temporary_credential_hooks,
)
from authlib.oauth1 import ClientMixin, TokenCredentialMixin
from authlib.oauth1.errors import OAuth1Error
from flask import request, session
from pages import Store, decision_page, from_own_form, new_app, page, serve, settings

app = new_app()
app.config["OAUTH1_SUPPORTED_SIGNATURE_METHODS"] = ["HMAC-SHA1", "RSA-SHA1"]
cache = Store()
tokens = {}


class Client(ClientMixin):
    def __init__(self, key, secret=None, publicKey=None):
        self.key, self.secret, self.public_key = key, secret, publicKey

    def get_default_redirect_uri(self):
        return settings["callback"]

    def get_client_secret(self):
        return self.secret

    def get_rsa_public_key(self):
        return self.public_key


class Token(TokenCredentialMixin):
    def __init__(self, token, client_id):
        self.token, self.client_id = token, client_id

    def get_oauth_token(self):
        return self.token["oauth_token"]

    def get_oauth_token_secret(self):
        return self.token["oauth_token_secret"]


class User:
    def get_user_id(self):
        return session["user"]


clients = {client["key"]: Client(**client) for client in settings["clients"]}


def query_token(client_id, oauth_token):
    token = tokens.get(oauth_token)
    return token if token is not None and token.client_id == client_id else None


def create_token_credential(token, temporary_credential):
    credential = Token(token, temporary_credential.get_client_id())
    tokens[token["oauth_token"]] = credential
    return credential


server = AuthorizationServer(app, query_client=clients.get)
register_nonce_hooks(server, cache)
register_temporary_credential_hooks(server, cache)
server.register_hook("create_token_credential", create_token_credential)
require_oauth = ResourceProtector(
    app, query_client=clients.get, query_token=query_token, exists_nonce=create_exists_nonce_func(cache)
)


@app.post("/oauth/initiate")
def initiate():
    return server.create_temporary_credentials_response()


@app.route("/oauth/authorize", methods=["GET", "POST"])
def authorize():
    try:
        if request.method == "GET":
            return decision_page(server.check_authorization_request().token)
        if not from_own_form() or "user" not in session:
            return page("This form is not yours.", 403)
        return server.create_authorization_response(grant_user=User() if request.form["decision"] == "allow" else None)
    except OAuth1Error as error:
        return page("This request cannot be decided.", error.status_code)


@app.post("/oauth/token")
def token():
    return server.create_token_response()


@app.route("/api/echo", methods=["GET", "POST", "PUT", "DELETE"])
@require_oauth()
def echo():
    return {"ok": True}


serve(app, "Authlib")
