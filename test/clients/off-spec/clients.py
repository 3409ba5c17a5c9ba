"""Sends requests that Python's Authlib, its client for httpx, and oauthlib sign. Reads one JSON document."""
import json
import os
import sys
from urllib.request import ProxyHandler, Request, build_opener

given_input = json.load(sys.stdin)
keys = given_input["credentials"]
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"


def send(method, url, headers, body=None):
    data = body.encode() if isinstance(body, str) else body
    build_opener(ProxyHandler({})).open(Request(url, data or None, dict(headers), method=method)).read()


def httpx(given):
    from authlib.integrations.httpx_client import OAuth1Client

    client = OAuth1Client(
        keys["key"],
        keys["secret"],
        token=keys["token"],
        token_secret=keys["tokenSecret"],
        signature_type=given.get("transport", "HEADER"),
    )
    fields = {"data": dict(given["fields"])} if "fields" in given else {}
    client.request(given["method"], given["url"], **fields)


def authlib(given):
    from authlib.oauth1 import ClientAuth

    auth = ClientAuth(keys["key"], keys["secret"], redirect_uri=given["callback"])
    send(given["method"], *auth.prepare(given["method"], given["url"], {}, ""))


def oauthlib(given):
    from oauthlib.oauth1 import Client

    client = Client(
        keys["key"], keys["secret"], callback_uri=given["callback"], signature_type=given["transport"]
    )
    send(given["method"], *client.sign(given["url"], http_method=given["method"]))


for request in given_input["requests"]:
    {"httpx": httpx, "authlib": authlib, "oauthlib": oauthlib}[request["client"]](request)
