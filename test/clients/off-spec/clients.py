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
    body = {"data": dict(given["fields"])} if "fields" in given else {}
    if "content" in given:
        body = {"content": given["content"].encode(), "headers": {"Content-Type": given["type"]}}
    client.request(given["method"], given["url"], **body)


def session(given):
    """The body and the headers, for clients over the package requests."""
    if "form" in given:
        return {"data": given["form"], "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    if "content" in given:
        return {"data": given["content"].encode(), "headers": {"Content-Type": given["type"]}}
    return {}


def requests_oauthlib(given):
    from requests_oauthlib import OAuth1Session

    client = OAuth1Session(keys["key"], keys["secret"], keys["token"], keys["tokenSecret"])
    client.request(given["method"], given["url"], allow_redirects=False, **session(given))


def authlib_requests(given):
    from authlib.integrations.requests_client import OAuth1Session

    client = OAuth1Session(keys["key"], keys["secret"], token=keys["token"], token_secret=keys["tokenSecret"])
    client.request(given["method"], given["url"], allow_redirects=False, **session(given))


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


clients = {
    "httpx": httpx,
    "authlib": authlib,
    "authlib-requests": authlib_requests,
    "oauthlib": oauthlib,
    "requests-oauthlib": requests_oauthlib,
}
for request in given_input["requests"]:
    clients[request["client"]](request)
