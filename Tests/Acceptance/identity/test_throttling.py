"""Guessing signatures is slowed down, sender by sender; old and future requests are not taken at all."""

import datetime
import http.client
import urllib.parse

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from conftest import refusal
from key_verbs import connect, make_key

LIMIT = 20
BAD_SIGNATURE = {"lambda": (403, "InvalidSignatureException"), "s3": (403, "SignatureDoesNotMatch")}
THROTTLED = {"lambda": (429, "TooManyRequestsException"), "s3": (503, "SlowDown")}


def call(client):
    return client.list_layers if client.meta.service_model.service_name == "lambda" else client.list_buckets


def signed_get(server, service="lambda", auth=None):
    """A request that is signed by hand, as botocore's clock is set."""
    path = "/2018-10-31/layers" if service == "lambda" else "/"
    environment = server.environment
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    request = AWSRequest("GET", server.url + path)
    kind = auth or (botocore.auth.SigV4Auth if service == "lambda" else botocore.auth.S3SigV4Auth)
    kind(credentials, service, "us-east-1").add_auth(request)
    return request.prepare()


def send(request, source="127.0.0.1"):
    """Status and body of the answer to who asks from an address of this machine."""
    url = urllib.parse.urlsplit(request.url)
    connection = http.client.HTTPConnection(url.netloc, timeout=30, source_address=(source, 0))
    try:
        connection.request("GET", url.path + (f"?{url.query}" if url.query else ""), headers=dict(request.headers.items()))
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


@pytest.mark.parametrize("service", ["lambda", "s3"])
def test_twenty_wrong_signatures_slow_their_sender_down_and_keep_the_right_one_open(server, service):
    guess = call(server.client(service, secret="wrong"))
    for _ in range(LIMIT):
        assert refusal(guess)[:2] == BAD_SIGNATURE[service]
    assert refusal(guess)[:2] == THROTTLED[service]
    # Guesses count together, whatever service they are made at.
    other = "s3" if service == "lambda" else "lambda"
    assert refusal(call(server.client(other, secret="wrong")))[:2] == THROTTLED[other]
    # A key's id is no secret: who knows it cannot lock its holder out.
    call(server.client(service))()
    call(server.client(other))()


def test_nineteen_wrong_signatures_close_nothing(server, client):
    guess = call(server.client("lambda", secret="wrong"))
    for _ in range(LIMIT - 1):
        assert refusal(guess)[:2] == BAD_SIGNATURE["lambda"]
    assert client.list_layers()["Layers"] == []


def test_another_key_of_the_same_sender_stays_open(server):
    other_key = make_key(server)
    other = connect(server, other_key)
    guess = call(server.client("lambda", secret="wrong"))
    for _ in range(LIMIT + 1):
        refusal(guess)
    assert other.list_layers()["Layers"] == []
    wrong = connect(server, other_key | {"secretAccessKey": "wrong"})
    assert refusal(wrong.list_layers)[:2] == BAD_SIGNATURE["lambda"]


def test_the_same_key_of_another_sender_stays_open(server):
    guess = call(server.client("lambda", secret="wrong"))
    for _ in range(LIMIT + 1):
        refusal(guess)
    wrong = lambda: signed_get(server, auth=lambda credentials, *scope: botocore.auth.SigV4Auth(Credentials(credentials.access_key, "wrong"), *scope))
    assert send(wrong())[0] == 429
    assert send(wrong(), source="127.0.0.2")[0] == 403


def test_keys_that_do_not_exist_are_slowed_down_together_and_close_none_that_does(server):
    for number in range(LIMIT):
        unknown = server.client("lambda", key=f"AKIAUNKNOWN{number:09}", secret="any")
        assert refusal(unknown.list_layers)[:2] == (403, "UnrecognizedClientException")
    assert refusal(server.client("lambda", key="AKIAYETANOTHERUNKNOW", secret="any").list_layers)[:2] == THROTTLED["lambda"]
    assert refusal(server.client("s3", key="AKIAYETANOTHERUNKNOW", secret="any").list_buckets)[:2] == THROTTLED["s3"]
    assert server.client("lambda").list_layers()["Layers"] == []
    assert connect(server, make_key(server)).list_layers()["Layers"] == []


def set_clock(monkeypatch, **offset):
    """Signs at another time than now."""
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(**offset)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: now)


@pytest.mark.parametrize("service", ["lambda", "s3"])
@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_a_little_off_is_taken(server, monkeypatch, service, minutes):
    set_clock(monkeypatch, minutes=minutes)
    assert send(signed_get(server, service))[0] == 200


@pytest.mark.parametrize("service, code", [("lambda", "Signature expired or not yet current"), ("s3", "<Code>RequestTimeTooSkewed</Code>")])
@pytest.mark.parametrize("minutes", [-16, 16])
def test_a_clock_that_is_far_off_is_refused_and_counts_as_no_guess(server, monkeypatch, service, code, minutes):
    with monkeypatch.context() as patch:
        set_clock(patch, minutes=minutes)
        for _ in range(LIMIT + 1):
            status, body = send(signed_get(server, service))
            assert status == 403 and code in body
    assert send(signed_get(server, service))[0] == 200


def presigned(expires):
    return lambda *arguments: botocore.auth.S3SigV4QueryAuth(*arguments, expires=expires)


def test_a_presigned_url_is_refused_after_its_time(server, monkeypatch):
    set_clock(monkeypatch, seconds=-120)
    assert send(signed_get(server, "s3", presigned(600)))[0] == 200
    status, body = send(signed_get(server, "s3", presigned(60)))
    assert status == 403 and "Request has expired" in body
