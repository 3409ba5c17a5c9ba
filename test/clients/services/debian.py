"""Drives clients from Debian, each through what it does at its own service. Every host is this machine: their addresses and
TLS are the real ones. Reads one JSON line of settings, and prints one JSON line for each step."""
import json
import sys
from importlib.metadata import version

from urllib3.util import connection

settings = json.loads(sys.stdin.readline())
key, secret, token, token_secret = (settings[name] for name in ("key", "secret", "token", "tokenSecret"))
create_connection = connection.create_connection
connection.create_connection = lambda address, *rest, **more: create_connection(
    ("127.0.0.1", settings["ports"]["https"]), *rest, **more
)


def say(value):
    print(json.dumps(value), flush=True)


def ask(url):
    """Sends the user to a page; returns the code that they bring back."""
    say(url)
    return json.loads(sys.stdin.readline())


def requests_oauthlib():
    from oauthlib.oauth1 import SIGNATURE_PLAINTEXT
    from requests_oauthlib import OAuth1Session

    maas = OAuth1Session(
        key, resource_owner_key=token, resource_owner_secret=token_secret, signature_method=SIGNATURE_PLAINTEXT
    )
    api = "https://maas.example.com/MAAS/api/2.0"
    for response in (
        maas.get(api + "/machines/", params={"op": "list_allocated"}),
        maas.post(api + "/machines/", data={"op": "allocate", "zone": "a b"}),
    ):
        response.raise_for_status()


def mwoauth():
    import mwoauth
    from requests_oauthlib import OAuth1Session

    consumer = mwoauth.ConsumerToken(key, secret)
    wiki = mwoauth.Handshaker("https://wiki.example.org/w/index.php", consumer, callback="https://tool.example.com/ready/42")
    url, temporary = wiki.initiate()
    granted = wiki.complete(temporary, "oauth_token=%s&oauth_verifier=%s" % (temporary.key, ask(url)))
    api = OAuth1Session(key, secret, granted.key, granted.secret)
    api.get("https://wiki.example.org/w/api.php?action=query&meta=userinfo").raise_for_status()


def python3_discogs_client():
    import discogs_client

    client = discogs_client.Client("countersign-tests/1.0", consumer_key=key, consumer_secret=secret)
    _, _, url = client.get_authorize_url("https://tool.example.com/ready")
    client.get_access_token(ask(url))
    client.identity()
    client._get("https://api.discogs.com/database/search?q=a%20b&type=release")


def jira():
    from jira import JIRA

    oauth = {
        **{"access_token": token, "access_token_secret": token_secret},
        **{"consumer_key": key, "key_cert": settings["privateKey"]},
    }
    client = JIRA("https://jira.example.com", oauth=oauth, get_server_info=False, max_retries=0)
    client.issue("KEY-1", fields="summary", expand="names")
    client.add_comment("KEY-1", "Grüße")


def tweepy():
    import tweepy

    user = tweepy.OAuth1UserHandler(key, secret, callback="oob")
    user.get_access_token(ask(user.get_authorization_url(access_type="write")))
    api = tweepy.API(user)
    api.update_status("Grüße & 100%")
    tweepy.Client(
        consumer_key=key, consumer_secret=secret, access_token=user.access_token, access_token_secret=user.access_token_secret
    ).create_tweet(text="a b")


name = settings["client"]
globals()[name.replace("-", "_")]()
say({"version": version(name)})
