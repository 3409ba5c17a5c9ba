"""A provider over oauthlib's endpoints: Flask, and a request validator that does with care what oauthlib leaves to it."""

from flask import Response, request, session
from oauthlib.oauth1 import RequestValidator, WebApplicationServer
from oauthlib.oauth1.rfc5849.errors import OAuth1Error
from pages import Store, code_page, decision_page, from_own_form, new_app, page, serve, settings

app = new_app()
clients = {client["key"]: client for client in settings["clients"]}
temporary = Store()
tokens = Store()
nonces = Store()


class Validator(RequestValidator):
    enforce_ssl = False
    allowed_signature_methods = ("HMAC-SHA1", "HMAC-SHA256", "HMAC-SHA512", "RSA-SHA1", "RSA-SHA256", "RSA-SHA512")
    dummy_client = dummy_request_token = dummy_access_token = "dummy" * 5

    def get_client_secret(self, client_key, request):
        return clients.get(client_key, {}).get("secret") or "dummy"

    def get_rsa_key(self, client_key, request):
        return clients.get(client_key, {}).get("publicKey") or settings["dummyKey"]

    def validate_client_key(self, client_key, request):
        client = clients.get(client_key)
        if client is None:
            return False
        # A client signs with the kind of key that it has.
        kind = "publicKey" if request.signature_method.startswith("RSA-") else "secret"
        return client.get(kind) is not None

    def get_request_token_secret(self, client_key, token, request):
        return (temporary.get(token) or {}).get("oauth_token_secret", "dummy")

    def get_access_token_secret(self, client_key, token, request):
        return (tokens.get(token) or {}).get("oauth_token_secret", "dummy")

    def validate_request_token(self, client_key, token, request):
        return (temporary.get(token) or {}).get("client_key") == client_key

    def validate_access_token(self, client_key, token, request):
        return (tokens.get(token) or {}).get("client_key") == client_key

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        return nonces.add((client_key, request_token, access_token, timestamp, nonce), object())

    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri in ("oob", settings["callback"])

    def get_redirect_uri(self, token, request):
        return temporary.get(token)["callback"]

    def validate_verifier(self, client_key, token, verifier, request):
        return (temporary.get(token) or {}).get("verifier") == verifier

    def verify_request_token(self, token, request):
        credential = temporary.get(token)
        return credential is not None and "verifier" not in credential

    def save_request_token(self, token, request):
        temporary.set(token["oauth_token"], {**token, "client_key": request.client_key, "callback": request.redirect_uri})

    def save_verifier(self, token, verifier, request):
        temporary.set(token, {**temporary.get(token), "verifier": verifier["oauth_verifier"], "user": session["user"]})

    def invalidate_request_token(self, client_key, request_token, request):
        temporary.delete(request_token)

    def save_access_token(self, token, request):
        tokens.set(token["oauth_token"], {**token, "client_key": request.client_key})

    def get_default_realms(self, client_key, request):
        return []

    def get_realms(self, token, request):
        return []

    def validate_requested_realms(self, client_key, realms, request):
        return True

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return True

    def check_realms(self, realms):
        return True


endpoints = WebApplicationServer(Validator())
challenge = {"WWW-Authenticate": 'OAuth realm="peer"'}


def sent():
    # The octets that were sent: request.url has its escapes decoded, and request.form leaves no body to read.
    url = request.host_url.rstrip("/") + request.environ["REQUEST_URI"]
    return url, request.method, request.get_data(as_text=True), dict(request.headers)


def respond(headers, body, status):
    return Response(body or "", status, headers)


@app.post("/oauth/initiate")
def initiate():
    return respond(*endpoints.create_request_token_response(*sent()))


@app.post("/oauth/token")
def token():
    return respond(*endpoints.create_access_token_response(*sent()))


@app.route("/oauth/authorize", methods=["GET", "POST"])
def authorize():
    asked = sent()
    try:
        if request.method == "GET":
            _, found = endpoints.get_realms_and_credentials(*asked)
            return decision_page(found["resource_owner_key"])
        if not from_own_form() or "user" not in session:
            return page("This form is not yours.", 403)
        if request.form["decision"] != "allow":
            temporary.delete(request.form["oauth_token"])
            return page("You denied access.")
        headers, body, status = endpoints.create_authorization_response(*asked)
        if status == 200:
            return code_page(temporary.get(request.form["oauth_token"])["verifier"])
        return respond(headers, body, status)
    except OAuth1Error as error:
        return page("This request cannot be decided.", error.status_code)


@app.route("/api/echo", methods=["GET", "POST", "PUT", "DELETE"])
def echo():
    try:
        valid, _ = endpoints.validate_protected_resource_request(*sent())
    except OAuth1Error as error:
        return Response(error.urlencoded, error.status_code, challenge)
    return {"ok": True} if valid else Response("", 401, challenge)


serve(app, "oauthlib")
