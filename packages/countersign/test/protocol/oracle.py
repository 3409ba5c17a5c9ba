"""Reads jobs as lines of JSON, prints one line for each: oauthlib's opinion, for oauthlib.test.ts."""
import json
import sys

from oauthlib.common import urldecode
from oauthlib.oauth1 import Client
from oauthlib.oauth1.rfc5849 import signature


def base_string(job):
    pairs = urldecode(job['query']) + urldecode(job['form'])
    pairs += [(name, value) for name, value in job['oauth']]
    return signature.signature_base_string(
        job['method'],
        signature.base_string_uri(job['uri']),
        signature.normalize_parameters(pairs),
    )


def normalize(job):
    return signature.normalize_parameters([(name, value) for name, value in job['pairs']])


def sign(job):
    client = Client(**job['client'])
    uri, headers, body = client.sign(job['uri'], job['method'], job['form'] or None, job['headers'])
    return {'url': uri, 'headers': headers, 'body': body}


for line in sys.stdin:
    job = json.loads(line)
    try:
        result = {'result': globals()[job['ask']](job)}
    except Exception as error:
        result = {'refusal': repr(error)}
    print(json.dumps(result), flush=True)
