"""Writes a SQLite database as a provider made with Authlib does, and prints what its client and its user hold.

Usage: python3 authlib_database.py FILE

The models come from Authlib's Flask OAuth 1 guide. The SQLAlchemy mixins of that guide are not part of newer
versions; where the installed one has none, the same columns are declared here on the mixins that it still has.
The token is issued by Authlib's own server to Authlib's own client, which then proves that it is accepted.
"""

import json
import os
import sys

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"

import authlib
from authlib.integrations.flask_oauth1 import AuthorizationServer, ResourceProtector, current_credential
from authlib.integrations.flask_oauth1.cache import (
    create_exists_nonce_func,
    register_nonce_hooks,
    register_temporary_credential_hooks,
)
from authlib.oauth1 import ClientAuth, ClientMixin, TokenCredentialMixin
from flask import Flask, jsonify
from sqlalchemy import Column, ForeignKey, Integer, String, Text, create_engine
from sqlalchemy.orm import declarative_base, relationship, scoped_session, sessionmaker

try:
    from authlib.flask.oauth1.sqla import OAuth1ClientMixin, OAuth1TokenCredentialMixin
except ImportError:

    class OAuth1ClientMixin(ClientMixin):
        client_id = Column(String(48), index=True)
        client_secret = Column(String(120), nullable=False)
        default_redirect_uri = Column(Text, nullable=False, default="")

        def get_default_redirect_uri(self):
            return self.default_redirect_uri

        def get_client_secret(self):
            return self.client_secret

        def get_rsa_public_key(self):
            return None

    class OAuth1TokenCredentialMixin(TokenCredentialMixin):
        client_id = Column(String(48), index=True)
        oauth_token = Column(String(84), unique=True, index=True)
        oauth_token_secret = Column(String(84))

        def get_oauth_token(self):
            return self.oauth_token

        def get_oauth_token_secret(self):
            return self.oauth_token_secret


Base = declarative_base()


class User(Base):
    __tablename__ = "user"
    id = Column(Integer, primary_key=True)
    name = Column(String(40))

    def get_user_id(self):
        return self.id


class Client(Base, OAuth1ClientMixin):
    __tablename__ = "client"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="CASCADE"))
    user = relationship("User")


class TokenCredential(Base, OAuth1TokenCredentialMixin):
    __tablename__ = "token_credential"
    id = Column(Integer, primary_key=True)
    user_id = Column(Integer, ForeignKey("user.id", ondelete="CASCADE"))
    user = relationship("User")


class DictCache(dict):
    def set(self, key, value, timeout=None):
        self[key] = value

    def has(self, key):
        return key in self

    def delete(self, key):
        self.pop(key, None)


engine = create_engine("sqlite:///" + sys.argv[1])
Base.metadata.create_all(engine)
session = scoped_session(sessionmaker(engine))
session.add(User(id=1, name="developer"))
session.add(User(id=7, name="ada"))
session.add(
    Client(
        user_id=1,
        client_id="old-client",
        client_secret="old client secret & 100 %",
        default_redirect_uri="https://client.test/authorized",
    )
)
session.commit()


def query_client(client_id):
    return session.query(Client).filter_by(client_id=client_id).first()


def query_token(client_id, oauth_token):
    return session.query(TokenCredential).filter_by(client_id=client_id, oauth_token=oauth_token).first()


def create_token_credential(token, temporary_credential):
    credential = TokenCredential(
        oauth_token=token["oauth_token"],
        oauth_token_secret=token["oauth_token_secret"],
        client_id=temporary_credential.get_client_id(),
        user_id=temporary_credential.get_user_id(),
    )
    session.add(credential)
    session.commit()
    return credential


app = Flask(__name__)
cache = DictCache()
server = AuthorizationServer(app, query_client=query_client)
register_nonce_hooks(server, cache)
register_temporary_credential_hooks(server, cache)
server.register_hook("create_token_credential", create_token_credential)
require_oauth = ResourceProtector(
    app, query_client=query_client, query_token=query_token, exists_nonce=create_exists_nonce_func(cache)
)
# Its constructor takes no hooks in some versions.
require_oauth.init_app(
    app, query_client=query_client, query_token=query_token, exists_nonce=create_exists_nonce_func(cache)
)
server.init_app(app, query_client=query_client)


@app.route("/initiate", methods=["POST"])
def initiate():
    return server.create_temporary_credentials_response()


@app.route("/authorize", methods=["POST"])
def authorize():
    return server.create_authorization_response(grant_user=session.get(User, 7))


@app.route("/token", methods=["POST"])
def token():
    return server.create_token_response()


@app.route("/user")
@require_oauth()
def user():
    return jsonify(name=current_credential.user.name)


browser = app.test_client()


def signed(method, path, **parts):
    auth = ClientAuth("old-client", client_secret="old client secret & 100 %", **parts)
    uri, headers, body = auth.sign(method, "http://localhost" + path, {}, "")
    return browser.open(path, method=method, headers=dict(headers), data=body)


def form(response):
    from urllib.parse import parse_qsl

    assert response.status_code == 200, response.get_data(as_text=True)
    return dict(parse_qsl(response.get_data(as_text=True)))


temporary = form(signed("POST", "/initiate", redirect_uri="https://client.test/authorized"))
approved = browser.post("/authorize", data={"oauth_token": temporary["oauth_token"]})
assert approved.status_code == 302, approved.get_data(as_text=True)
verifier = approved.headers["Location"].split("oauth_verifier=")[1].split("&")[0]
issued = form(
    signed(
        "POST",
        "/token",
        token=temporary["oauth_token"],
        token_secret=temporary["oauth_token_secret"],
        verifier=verifier,
    )
)
accepted = signed("GET", "/user", token=issued["oauth_token"], token_secret=issued["oauth_token_secret"])
assert accepted.get_json() == {"name": "ada"}, accepted.get_data(as_text=True)
print(json.dumps({"version": authlib.__version__, "token": issued}))
