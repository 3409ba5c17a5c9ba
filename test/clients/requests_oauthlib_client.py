"""Drives a provider with requests-oauthlib. Reads one JSON line of settings, prints one JSON line for each step."""
import json
import sys

from requests_oauthlib import OAuth1Session

settings = json.loads(sys.stdin.readline())
site = settings["site"]
form = {"Content-Type": "application/x-www-form-urlencoded"}


def say(value):
    print(json.dumps(value), flush=True)


def session(**more):
    return OAuth1Session(
        settings["key"],
        client_secret=settings["secret"],
        signature_method=settings["method"],
        signature_type=settings["transport"],
        rsa_key=settings.get("rsaKey"),
        **more
    )


client = session(callback_uri="oob")
temporary = client.fetch_request_token(site + "/oauth/initiate")
say(client.authorization_url("/oauth/authorize"))

client = session(
    resource_owner_key=temporary["oauth_token"],
    resource_owner_secret=temporary["oauth_token_secret"],
    verifier=json.loads(sys.stdin.readline()),
)
token = client.fetch_access_token(site + "/oauth/token")

client = session(
    resource_owner_key=token["oauth_token"],
    resource_owner_secret=token["oauth_token_secret"],
)
pairs = [("q", "Grüße & küsse=1"), ("tag", "b"), ("tag", "a"), ("empty", ""), ("日本", "語 + 100%")]
responses = []
if settings["transport"] != "BODY":
    responses.append(client.get(site + "/api/me"))
    responses.append(client.get(site + "/api/echo", params=pairs))
    responses.append(client.delete(site + "/api/echo", params=pairs))
responses.append(client.post(site + "/api/echo", data=pairs))
responses.append(client.put(site + "/api/echo", data=pairs))
for response in responses:
    say({"status": response.status_code, "body": response.json()})
