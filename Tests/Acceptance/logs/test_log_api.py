"""CloudWatch Logs as boto3 sees it: groups, streams, events, their pages, and what is refused."""

import time

import pytest
from conftest import refusal
from key_verbs import connect, make_key

DAY = 86_400_000


@pytest.fixture
def logs(server):
    return server.client("logs")


def now():
    return int(time.time() * 1000)


def put(logs, stream, *events, group="g"):
    """Puts (timestamp, message) events."""
    return logs.put_log_events(
        logGroupName=group, logStreamName=stream, logEvents=[{"timestamp": at, "message": message} for at, message in events])


def make(logs, *streams, group="g"):
    logs.create_log_group(logGroupName=group)
    for stream in streams:
        logs.create_log_stream(logGroupName=group, logStreamName=stream)


def messages(answer):
    return [event["message"] for event in answer["events"]]


def test_groups_are_described_as_aws_describes_them(logs):
    for name in ("/aws/lambda/b", "/aws/lambda/a", "other/a"):
        logs.create_log_group(logGroupName=name, tags={"team": name})
    logs.put_retention_policy(logGroupName="other/a", retentionInDays=7)
    groups = logs.describe_log_groups()["logGroups"]
    assert [group["logGroupName"] for group in groups] == ["/aws/lambda/a", "/aws/lambda/b", "other/a"]
    arn = "arn:aws:logs:us-east-1:000000000000:log-group:other/a"
    assert abs(groups[2].pop("creationTime") - now()) < 60_000
    assert groups[2] == {
        "logGroupName": "other/a", "retentionInDays": 7, "metricFilterCount": 0, "arn": arn + ":*", "storedBytes": 0,
        "logGroupClass": "STANDARD", "logGroupArn": arn}
    assert "retentionInDays" not in groups[0]
    logs.delete_retention_policy(logGroupName="other/a")
    assert "retentionInDays" not in logs.describe_log_groups(logGroupNamePrefix="other")["logGroups"][0]
    names = lambda **members: [group["logGroupName"] for group in logs.describe_log_groups(**members)["logGroups"]]  # noqa: E731
    assert names(logGroupNamePrefix="/aws/lambda/") == ["/aws/lambda/a", "/aws/lambda/b"]
    assert names(logGroupNamePattern="/a") == ["/aws/lambda/a", "/aws/lambda/b", "other/a"]
    assert names(logGroupIdentifiers=[arn]) == ["other/a"]
    pages = logs.get_paginator("describe_log_groups").paginate(PaginationConfig={"PageSize": 1})
    assert [len(page["logGroups"]) for page in pages] == [1, 1, 1]
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "other/a"}
    logs.tag_resource(resourceArn=arn, tags={"stage": "test"})
    logs.untag_resource(resourceArn=arn, tagKeys=["team"])
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"] == {"stage": "test"}
    logs.delete_log_group(logGroupName="other/a")
    assert names() == ["/aws/lambda/a", "/aws/lambda/b"]


def test_groups_belong_to_an_account_and_a_region(accounts):
    mine, other = accounts("111122223333", "logs"), accounts("444455556666", "logs")
    make(mine, "s")
    put(mine, "s", (now(), "secret"))
    assert other.describe_log_groups()["logGroups"] == []
    identifier = "arn:aws:logs:us-east-1:111122223333:log-group:g"
    assert messages(mine.filter_log_events(logGroupIdentifier=identifier)) == ["secret"]
    assert refusal(other.filter_log_events, logGroupIdentifier=identifier)[1] == "ResourceNotFoundException"
    assert refusal(other.get_log_events, logGroupName="g", logStreamName="s")[1] == "ResourceNotFoundException"


def test_streams_are_listed_by_name_or_by_their_last_event(logs):
    make(logs, "a", "b", "c")
    at = now()
    put(logs, "c", (at, "1"))
    put(logs, "a", (at + 1, "2"), (at + 5, "3"))
    streams = {stream["logStreamName"]: stream for stream in logs.describe_log_streams(logGroupName="g")["logStreams"]}
    assert list(streams) == ["a", "b", "c"]
    assert (streams["a"]["firstEventTimestamp"], streams["a"]["lastEventTimestamp"]) == (at + 1, at + 5)
    assert abs(streams["a"]["lastIngestionTime"] - at) < 60_000
    assert streams["a"]["arn"] == "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:a"
    assert "lastEventTimestamp" not in streams["b"] and streams["b"]["storedBytes"] == 0 and streams["b"]["uploadSequenceToken"]

    def names(**members):
        pages = logs.get_paginator("describe_log_streams").paginate(logGroupName="g", PaginationConfig={"PageSize": 1}, **members)
        return [stream["logStreamName"] for page in pages for stream in page["logStreams"]]

    assert names() == ["a", "b", "c"] and names(descending=True) == ["c", "b", "a"]
    assert names(orderBy="LastEventTime", descending=True) == ["a", "c", "b"] and names(orderBy="LastEventTime") == ["b", "c", "a"]
    assert names(logStreamNamePrefix="b") == ["b"]
    logs.delete_log_stream(logGroupName="g", logStreamName="a")
    assert names() == ["b", "c"]
    assert messages(logs.filter_log_events(logGroupName="g")) == ["1"]


def test_a_streams_events_are_read_forward_and_backward_until_a_token_comes_back(logs):
    make(logs, "s")
    at = now()
    put(logs, "s", *((at + number, str(number)) for number in range(10)))

    def read(**members):
        return logs.get_log_events(logGroupName="g", logStreamName="s", **members)

    last = read(limit=3)
    assert messages(last) == ["7", "8", "9"]
    earlier = read(limit=3, nextToken=last["nextBackwardToken"])
    assert messages(earlier) == ["4", "5", "6"]
    assert messages(read(limit=100, nextToken=earlier["nextBackwardToken"])) == ["0", "1", "2", "3"]
    assert messages(read(limit=3, nextToken=earlier["nextForwardToken"], startFromHead=True)) == ["7", "8", "9"]
    first = read(startFromHead=True, limit=9)
    assert messages(first) == [str(number) for number in range(9)]
    end = read(startFromHead=True, nextToken=first["nextForwardToken"])
    assert messages(end) == ["9"]
    empty = read(startFromHead=True, nextToken=end["nextForwardToken"])
    assert (messages(empty), empty["nextForwardToken"]) == ([], end["nextForwardToken"])
    assert messages(read(nextToken=empty["nextBackwardToken"], limit=2)) == ["8", "9"]
    start = read(nextToken=first["nextBackwardToken"])
    assert (messages(start), start["nextBackwardToken"]) == ([], first["nextBackwardToken"])
    put(logs, "s", (at + 10, "new"))
    assert messages(read(startFromHead=True, nextToken=empty["nextForwardToken"])) == ["new"]
    # The start is part of the range, its end is not.
    assert messages(read(startTime=at + 3, endTime=at + 5)) == ["3", "4"]
    assert read(startFromHead=True, startTime=at, limit=1)["events"][0]["timestamp"] == at


def test_a_page_has_at_most_a_megabyte_and_nothing_is_lost_between_pages(logs):
    make(logs, "s")
    at = now()
    for number in range(6):
        put(logs, "s", (at + number, f"{number}" + "x" * 400_000), (at + number, f"{number}" + "y" * 400_000))
    seen, token, pages = [], None, 0
    while True:
        page = logs.get_log_events(logGroupName="g", logStreamName="s", startFromHead=True, **({"nextToken": token} if token else {}))
        if page["nextForwardToken"] == token:
            break
        token, pages = page["nextForwardToken"], pages + 1
        seen += [message[:2] for message in messages(page)]
    assert seen == [f"{number}{letter}" for number in range(6) for letter in "xy"]
    assert pages == 6
    found = logs.get_paginator("filter_log_events").paginate(logGroupName="g", filterPattern="%^3y%")
    assert [message[:2] for page in found for message in messages(page)] == ["3y"]


def test_events_of_a_group_are_filtered_by_pattern_stream_and_time(logs):
    make(logs, "a-1", "a-2", "b-1")
    at = now()
    put(logs, "a-1", (at, "ERROR one"), (at + 20, '{"level": "ERROR", "latency": 80}'))
    put(logs, "a-2", (at + 10, "INFO two"))
    put(logs, "b-1", (at + 5, "ERROR three"), (at + 30, "GET /x 404 12"))

    def found(**members):
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName="g", **members)
        return [(event["logStreamName"], event["timestamp"] - at) for page in pages for event in page["events"]]

    everything = [("a-1", 0), ("b-1", 5), ("a-2", 10), ("a-1", 20), ("b-1", 30)]
    assert found() == found(interleaved=True) == everything
    assert found(PaginationConfig={"PageSize": 2}) == everything
    assert found(startFromHead=False, PaginationConfig={"PageSize": 2}) == everything[::-1]
    assert found(filterPattern="ERROR") == [("a-1", 0), ("b-1", 5), ("a-1", 20)]
    assert found(filterPattern="ERROR -three") == [("a-1", 0), ("a-1", 20)]
    assert found(filterPattern="?INFO ?404") == [("a-2", 10), ("b-1", 30)]
    assert found(filterPattern='{ $.level = "ERROR" && $.latency > 75 }') == [("a-1", 20)]
    assert found(filterPattern="[..., status = 4*, bytes]") == [("b-1", 30)]
    assert found(logStreamNames=["a-2", "b-1"]) == [("b-1", 5), ("a-2", 10), ("b-1", 30)]
    assert found(logStreamNamePrefix="a-") == [("a-1", 0), ("a-2", 10), ("a-1", 20)]
    # Both ends are part of the range.
    assert found(startTime=at + 5, endTime=at + 20) == everything[1:4]
    answer = logs.filter_log_events(logGroupName="g")
    assert answer["searchedLogStreams"] == [] and "nextToken" not in answer
    ids = [event["eventId"] for event in answer["events"]]
    assert len(set(ids)) == 5 and ids == sorted(ids) and all(len(one) == 56 for one in ids)


def test_events_too_old_and_too_new_are_rejected_and_the_others_kept(logs):
    make(logs, "s")
    at = now()
    assert put(logs, "s", (at - 15 * DAY, "old"), (at - 14 * DAY - 60_000, "old"), (at, "kept"), (at + 3 * 3_600_000, "new"))[
        "rejectedLogEventsInfo"] == {"tooOldLogEventEndIndex": 2, "tooNewLogEventStartIndex": 3}
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert put(logs, "s", (at - 2 * DAY, "expired"))["rejectedLogEventsInfo"] == {"expiredLogEventEndIndex": 1}
    assert messages(logs.filter_log_events(logGroupName="g")) == ["kept"]


def test_events_beyond_a_groups_retention_go(logs, server):
    make(logs, "old", "new")
    put(logs, "old", (now() - 2 * DAY, "old"))
    put(logs, "new", (now(), "new"))
    assert messages(logs.filter_log_events(logGroupName="g")) == ["old", "new"]
    logs.put_retention_policy(logGroupName="g", retentionInDays=1)
    assert messages(logs.filter_log_events(logGroupName="g")) == ["new"]
    assert len(segments(server)) == 1


def segments(server):
    return [path for path in (server.data / "logs/segments").glob("*/*")]


@pytest.mark.parametrize("operation, members, code, text", [
    ("create_log_group", {"logGroupName": "g"}, "ResourceAlreadyExistsException", "The specified log group already exists"),
    ("create_log_group", {"logGroupName": "a b"}, "InvalidParameterException", "at 'logGroupName' failed to satisfy constraint"),
    ("create_log_group", {"logGroupName": "x" * 513}, "InvalidParameterException", "less than or equal to 512"),
    ("create_log_stream", {"logGroupName": "g", "logStreamName": "s"}, "ResourceAlreadyExistsException", "log stream already exists"),
    ("create_log_stream", {"logGroupName": "g", "logStreamName": "a:b"}, "InvalidParameterException", "at 'logStreamName'"),
    ("create_log_stream", {"logGroupName": "none", "logStreamName": "s"}, "ResourceNotFoundException", "log group does not exist."),
    ("delete_log_group", {"logGroupName": "none"}, "ResourceNotFoundException", "The specified log group does not exist."),
    ("delete_log_stream", {"logGroupName": "g", "logStreamName": "no"}, "ResourceNotFoundException", "log stream does not exist."),
    ("put_retention_policy", {"logGroupName": "g", "retentionInDays": 2}, "InvalidParameterException", "enum value set: [1, 3, 5"),
    ("describe_log_groups", {"limit": 51}, "InvalidParameterException", "Value '51' at 'limit'"),
    ("describe_log_groups", {"nextToken": "x"}, "InvalidParameterException", "The specified nextToken is invalid."),
    ("describe_log_groups", {"logGroupNamePrefix": "a", "logGroupNamePattern": "b"}, "InvalidParameterException", "mutually exclusive"),
    ("describe_log_streams", {"logGroupName": "none"}, "ResourceNotFoundException", "The specified log group does not exist."),
    ("describe_log_streams", {"logGroupName": "g", "orderBy": "LastEventTime", "logStreamNamePrefix": "s"}, "InvalidParameterException",
     "Cannot order by LastEventTime with a logStreamNamePrefix."),
    ("get_log_events", {"logGroupName": "g", "logStreamName": "no"}, "ResourceNotFoundException", "log stream does not exist."),
    ("get_log_events", {"logGroupName": "g", "logStreamName": "s", "nextToken": "f/1/s"}, "InvalidParameterException", "nextToken is invalid"),
    ("get_log_events", {"logGroupName": "g", "logStreamName": "s", "limit": 10_001}, "InvalidParameterException", "equal to 10000"),
    ("filter_log_events", {"logGroupName": "none"}, "ResourceNotFoundException", "The specified log group does not exist."),
    ("filter_log_events", {"logGroupName": "g", "logStreamNames": ["no"]}, "ResourceNotFoundException", "log stream does not exist."),
    ("filter_log_events", {"logGroupName": "g", "logStreamNames": ["s"], "logStreamNamePrefix": "s"}, "InvalidParameterException",
     "mutually exclusive"),
    ("filter_log_events", {"logGroupName": "g", "filterPattern": "{ $.a = "}, "InvalidParameterException", "Invalid filter pattern"),
    ("filter_log_events", {"logGroupName": "g", "filterPattern": "%(a)%"}, "InvalidParameterException", "%(a)% has '('"),
    ("put_log_events", {"logGroupName": "g", "logStreamName": "no", "logEvents": [{"timestamp": 1, "message": "x"}]},
     "ResourceNotFoundException", "The specified log stream does not exist."),
    ("put_log_events", {"logGroupName": "g", "logStreamName": "s", "logEvents": [{"timestamp": 2, "message": "x"}, {"timestamp": 1, "message": "x"}]},
     "InvalidParameterException", "chronological order"),
    ("put_log_events", {"logGroupName": "g", "logStreamName": "s", "logEvents": [{"timestamp": 1, "message": "x" * 1_048_576}]},
     "InvalidParameterException", "Upload too large: 1048602 bytes exceeds limit of 1048576"),
    ("list_tags_for_resource", {"resourceArn": "arn:aws:s3:::x"}, "InvalidParameterException", "not the ARN of a log group"),
    ("list_tags_for_resource", {"resourceArn": "g"}, "InvalidParameterException", "not the ARN of a log group"),
    ("describe_log_groups", {"logGroupNamePrefix": "a b"}, "InvalidParameterException", "Value 'a b' at 'logGroupNamePrefix'"),
    ("describe_log_groups", {"logGroupNamePattern": "*"}, "InvalidParameterException", "Value '*' at 'logGroupNamePattern'"),
    ("describe_log_streams", {"logGroupName": "g", "logStreamNamePrefix": "a:b"}, "InvalidParameterException", "'logStreamNamePrefix'"),
    ("filter_log_events", {"logGroupName": "g", "logStreamNamePrefix": "*"}, "InvalidParameterException", "'logStreamNamePrefix'"),
    ("start_query", {"logGroupName": "g", "startTime": 1, "endTime": 2, "queryString": "x"}, "UnknownOperationException", "StartQuery"),
])
def test_what_is_wrong_is_refused_in_awss_words(refusing, operation, members, code, text):
    client = refusing.client("logs", parameter_validation=False)
    status, name, message = refusal(getattr(client, operation), **members)
    assert (status, name) == (400, code)
    assert text in message


@pytest.fixture(scope="module")
def refusing(shared_server):
    """One server for all that is refused, with a stream."""
    make(shared_server.client("logs"), "s")
    return shared_server


def test_a_batch_spans_at_most_a_day(logs):
    make(logs, "s")
    at = now()
    events = [{"timestamp": at - DAY - 1, "message": "x"}, {"timestamp": at, "message": "x"}]
    assert "24 hours" in refusal(logs.put_log_events, logGroupName="g", logStreamName="s", logEvents=events)[2]
    assert messages(logs.filter_log_events(logGroupName="g")) == []


def test_a_name_of_any_letters_makes_no_path(logs, server):
    make(logs, "../../up", "a/b", ".", group="../../../etc/x")
    put(logs, "../../up", (now(), "kept"), group="../../../etc/x")
    assert messages(logs.get_log_events(logGroupName="../../../etc/x", logStreamName="../../up")) == ["kept"]
    assert len(segments(server)) == 1 and not (server.data.parent / "etc").exists()


def test_a_reading_key_reads_logs_and_changes_nothing(server):
    owner, reader = connect(server, make_key(server), "logs"), connect(server, make_key(server, "read"), "logs")
    make(owner, "s")
    put(owner, "s", (now(), "line"))
    assert messages(reader.filter_log_events(logGroupName="g")) == ["line"]
    assert messages(reader.get_log_events(logGroupName="g", logStreamName="s")) == ["line"]
    assert len(reader.describe_log_groups()["logGroups"]) == len(reader.describe_log_streams(logGroupName="g")["logStreams"]) == 1
    for call, members in [
        (reader.put_log_events, {"logGroupName": "g", "logStreamName": "s", "logEvents": [{"timestamp": now(), "message": "x"}]}),
        (reader.delete_log_group, {"logGroupName": "g"}), (reader.create_log_group, {"logGroupName": "h"}),
        (reader.put_retention_policy, {"logGroupName": "g", "retentionInDays": 1}),
    ]:
        status, code, message = refusal(call, **members)
        assert (status, code) == (400, "AccessDeniedException") and "is not authorized to perform: logs:" in message
    assert messages(owner.filter_log_events(logGroupName="g")) == ["line"]


def test_an_unknown_key_is_refused_in_this_services_form(server):
    status, code, message = refusal(server.client("logs", key="AKIAXXXXXXXXXXXXXXXX", secret="x").describe_log_groups)
    assert (status, code) == (400, "UnrecognizedClientException") and "security token" in message
