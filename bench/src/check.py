"""The whole check of one signed GET by Authlib and by oauthlib, over memory. Prints microseconds as JSON."""

import json
import sys
import time

import os

os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "true"

from oauthlib.oauth1 import Client, RequestValidator, ResourceEndpoint

client, token, url = json.load(sys.stdin)
batch, rounds = 500, 7
figures, skipped = {}, []


def signed():
    signer = Client(client["clientId"], client["clientSecret"], token["oauthToken"], token["oauthTokenSecret"])
    return signer.sign(url)[1]


def bench(name, check):
    times = []
    for _ in range(rounds + 1):
        requests = [signed() for _ in range(batch)]
        start = time.perf_counter()
        for headers in requests:
            check(headers)
        times.append((time.perf_counter() - start) / batch * 1e6)
    figures[name] = sorted(times[1:])[rounds // 2]


class Validator(RequestValidator):
    enforce_ssl = False
    seen = set()

    def check_client_key(self, client_key):
        return True

    check_access_token = check_nonce = check_client_key

    def validate_client_key(self, client_key, request):
        return client_key == client["clientId"]

    def validate_access_token(self, client_key, resource_owner_key, request):
        return resource_owner_key == token["oauthToken"]

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        key = (client_key, timestamp, nonce, access_token)
        fresh = key not in self.seen
        self.seen.add(key)
        return fresh

    def validate_realms(self, client_key, access_token, request, uri=None, realms=None):
        return True

    def get_client_secret(self, client_key, request):
        return client["clientSecret"]

    def get_access_token_secret(self, client_key, access_token, request):
        return token["oauthTokenSecret"]

    dummy_client = "dummy"
    dummy_access_token = "dummy"


def check_oauthlib():
    endpoint = ResourceEndpoint(Validator())

    def check(headers):
        assert endpoint.validate_protected_resource_request(url, headers=headers)[0]

    bench("oauthlib (Python), its whole check", check)


def check_authlib():
    from authlib.oauth1 import ClientMixin, TokenCredentialMixin
    from authlib.oauth1 import ResourceProtector

    class AuthlibClient(ClientMixin):
        def get_client_secret(self):
            return client["clientSecret"]

    class AuthlibToken(TokenCredentialMixin):
        def get_oauth_token(self):
            return token["oauthToken"]

        def get_oauth_token_secret(self):
            return token["oauthTokenSecret"]

    class Protector(ResourceProtector):
        seen = set()

        def get_client_by_id(self, client_id):
            return AuthlibClient() if client_id == client["clientId"] else None

        def get_token_credential(self, request):
            return AuthlibToken() if request.token == token["oauthToken"] else None

        def exists_nonce(self, nonce, request):
            seen = nonce in self.seen
            self.seen.add(nonce)
            return seen

    protector = Protector()

    def check(headers):
        assert protector.validate_request("GET", url, {}, headers).client

    bench("Authlib (Python), its whole check", check)


for name, check in {"oauthlib": check_oauthlib, "Authlib": check_authlib}.items():
    try:
        check()
    except ImportError as error:
        skipped.append(f"Skipped: {name} ({error}).")
json.dump({"figures": figures, "skipped": skipped}, sys.stdout)
