"""How the Java client reads and writes JSON: as AWS's runtime does, which uses Jackson."""

import pathlib
import subprocess

import pytest
from conftest import ROOT

SOURCES = ROOT / "Sources/Execution/Runtimes/Clients/java"
PROGRAM = pathlib.Path(__file__).parent / "java/Json.java"

SAME = None
DEEP = 1001

CASES = [
    # What has no type of its own.
    ("untyped", '{"b":1,"a":[true,false,"x",2.5,-0.0,{}]}', SAME),
    ("untyped", ' { "a" : [ 1 , 2 ] }\t\r', '{"a":[1,2]}'),
    ("untyped", "[null]", SAME),
    ("untyped", '{"a":null}', "{}"),
    ("untyped", "null", SAME),
    ("untyped", "2147483648", SAME),
    ("untyped", "123456789012345678901234567890", SAME),
    ("untyped", "1e3", "1000.0"),
    ("untyped", "1E400", '"Infinity"'),
    ("untyped", "[" * 1000 + "]" * 1000, SAME),
    ("untyped", '{"a":' * 1000 + "1" + "}" * 1000, "!Document nesting depth (1001) exceeds the maximum allowed (1000)"),
    ("untyped", "[" * DEEP + "]" * DEEP, "!Document nesting depth (1001) exceeds the maximum allowed (1000)"),
    ("untyped", '{"a":1,"a":2}', '{"a":2}'),
    # Strings.
    ("string", r'"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00\u0001"', r'"\"\\/\b\f\n\r\té😀\u0001"'),
    ("string", '"é😀\u2028\x7f"', SAME),
    ("string", r'"\ud800"', '"?"'),
    ("string", '""', SAME),
    ("string", "12.50", '"12.50"'),
    ("string", "true", '"true"'),
    ("string", "{}", "!Cannot deserialize value of type `java.lang.String` from Object value (token `JsonToken.START_OBJECT`)"),
    ("string", "[]", "!Cannot deserialize value of type `java.lang.String` from Array value (token `JsonToken.START_ARRAY`)"),
    ("string", '["only"]', '"only"'),
    # Texts that are no JSON.
    ("untyped", "", "!Unexpected end-of-input"),
    ("untyped", "{", "!Unexpected end-of-input"),
    ("untyped", '{"a"', "!Unexpected end-of-input"),
    ("untyped", '{"a":1,}', "!Unexpected character ('}' (code 125))"),
    ("untyped", "[1 2]", "!Unexpected character ('2' (code 50))"),
    ("untyped", "[1,]", "!Unexpected character (']' (code 93))"),
    ("untyped", "1 2", "!Unexpected character ('2' (code 50))"),
    ("untyped", "tru", "!Unexpected character ('t' (code 116))"),
    ("untyped", "'a'", "!Unexpected character (''' (code 39))"),
    ("untyped", "01", "!Invalid numeric value: Leading zeroes not allowed"),
    ("untyped", "1.", "!Unexpected end-of-input"),
    ("untyped", "-", "!Unexpected end-of-input"),
    ("untyped", "+1", "!Unexpected character ('+' (code 43))"),
    ("untyped", "1e99999999999", "!Numeric value out of range: 1e99999999999"),
    ("untyped", "9" * 1001, "!Number value length (1001) exceeds the maximum allowed (1000)"),
    ("string", '"a', "!Unexpected end-of-input in a string"),
    ("string", r'"\x"', "!Unrecognized character escape 'x'"),
    ("string", r'"\u12g4"', r"!Unexpected character in an escape: \u wants four hexadecimal digits"),
    ("string", '"a\tb"', "!Illegal unquoted character ((CTRL-CHAR, code 9))"),
    # Numbers.
    ("integer", "7", SAME),
    ("integer", '" 7 "', "7"),
    ("integer", "7.9", "7"),
    ("integer", "null", "0"),
    ("integer", '""', "0"),
    ("integer", "[7]", "7"),
    ("integer", "2147483648", "!Numeric value (2147483648) out of range of int (-2147483648 - 2147483647)"),
    ("integer", '"1000,10"', '!Cannot deserialize value of type `int` from String "1000,10": not a valid `int` value'),
    ("integer", "true", "!Cannot deserialize value of type `int` from Boolean value (token `JsonToken.VALUE_TRUE`)"),
    ("box", "null", SAME),
    ("box", '""', "null"),
    ("box", '"x"', '!Cannot deserialize value of type `java.lang.Integer` from String "x": not a valid `java.lang.Integer` value'),
    ("whole", "9223372036854775807", SAME),
    ("whole", '"1234567890123456789"', "1234567890123456789"),
    ("whole", '"-9223372036854775808"', "-9223372036854775808"),
    ("whole", '"9223372036854775808"',
     "!Numeric value (9223372036854775808) out of range of long (-9223372036854775808 - 9223372036854775807)"),
    ("whole", "9223372036854775808.0",
     "!Numeric value (9223372036854775808.0) out of range of long (-9223372036854775808 - 9223372036854775807)"),
    ("whole", '"1.0000000000000000000"', '!Cannot deserialize value of type `long` from String "1.0000000000000000000": not a valid `long` value'),
    ("whole", "1e30", "!Numeric value (1E+30) out of range of long (-9223372036854775808 - 9223372036854775807)"),
    ("octet", "-128", SAME),
    ("real", "3", "3.0"),
    ("real", '"NaN"', SAME),
    ("single", "0.5", SAME),
    ("number", "0.5", SAME),
    ("number", "5", SAME),
    ("number", '"1234567890123456789"', "1234567890123456789"),
    ("number", '"1.5"', "1.5"),
    ("big", '"123456789012345678901234567890"', "123456789012345678901234567890"),
    ("big", "123456789012345678901234567890", SAME),
    ("big", "1e999999999", "!Numeric value (1E+999999999) out of range of BigInteger"),
    ("decimal", "0.10000000000000000000000000001", SAME),
    ("truth", "1", "true"),
    ("truth", '"false"', "false"),
    ("truth", "null", "false"),
    ("character", '"x"', SAME),
    # Containers.
    ("integers", '[1,"2",3.0]', "[1,2,3]"),
    ("integers", "5", "[5]"),
    ("integers", '["x"]', '!Cannot deserialize value of type `java.lang.Integer` from String "x": not a valid `java.lang.Integer` value'),
    ("strings", '["b","a","b"]', '["b","a"]'),
    ("array", "[3,1]", SAME),
    ("table", '[["a"],[],null]', SAME),
    ("deep", '[{"a":{"count":2}}]', '[{"a":{"count":2,"kind":"order","long":false}}]'),
    ("keys", '{"1":"a"}', SAME),
    ("sorted", '{"b":1,"a":2}', '{"a":2,"b":1}'),
    ("deque", "[1,2]", SAME),
    ("deque", "[null]", "!Problem adding an element to `java.util.ArrayDeque`: it takes no null"),
    ("ordered", '["a",null]', "!Problem adding an element to `java.util.TreeSet`: it takes no null"),
    ("concurrent", '{"a":"b"}', SAME),
    ("concurrent", '{"a":null}', "!Problem adding the member 'a' to `java.util.concurrent.ConcurrentHashMap`: it takes no null"),
    ("byColor", '{"GREEN":1,"BLUE":2}', '{"GREEN":1}'),
    # Objects.
    ("named", '{"name":"abcd","unknown":[1],"URL":"x","long":false}', '{"name":"abcd","long":true}'),
    ("named", '""', "null"),
    ("named", "[]", "null"),
    ("named", '[{"name":"x"}]', '{"name":"x","long":false}'),
    ("named", "5", "!Cannot deserialize value of type `lamina.runtime.Json$Named` from Integer value (token `JsonToken.VALUE_NUMBER_INT`)"),
    (
        "order",
        '{"count":2,"name":"n","lines":[{"name":"m"}],"prices":{"RED":1},"note":"x","bytes":"AQI=","color":"GREEN","kind":"y"}',
        '{"name":"n","count":2,"lines":[{"name":"m","long":false}],"prices":{"RED":1.0},"note":"x","bytes":"AQI=","color":"GREEN",'
        '"kind":"y","long":false}',
    ),
    ("order", '{"color":"BLUE"}', '{"count":0,"kind":"order","long":false}'),
    ("boxed", '{"value":{"count":1},"more":[{"count":2}]}',
     '{"value":{"count":1,"kind":"order","long":false},"more":[{"count":2,"kind":"order","long":false}]}'),
    ("inherited", '{"value":{"name":"a"},"more":[{"name":"b"}]}',
     '{"value":{"name":"a","long":false},"more":[{"name":"b","long":false}]}'),
    ("hidden", '{"number":3}', SAME),
    ("noDefault", '{"number":3}', "!Cannot construct instance of `lamina.runtime.Json$NoDefault` (no Creators, like default constructor, "
     "exist): cannot deserialize from Object value (no delegate- or property-based Creator)"),
    ("shape", "{}", "!Cannot construct instance of `lamina.runtime.Json$Shape` (no Creators, like default constructor, exist): abstract "
     "types either need to be mapped to concrete types, have custom deserializer, or contain additional type information"),
    ("loop", "", "!Document nesting depth (1001) exceeds the maximum allowed (1000)"),
    # Values that JSON has no kind for.
    ("color", '"GREEN"', SAME),
    ("color", "0", '"RED"'),
    ("color", '"BLUE"', "null"),
    ("date", "1700000000123", SAME),
    ("date", '"2023-11-14T22:13:20.123+0000"', "1700000000123"),
    ("date", '"2023-11-14"', "1699920000000"),
    ("uuid", '"00000000-0000-0000-0000-000000000001"', SAME),
    ("uuid", '"x"', '!Cannot deserialize value of type `java.util.UUID` from String "x": Invalid UUID string: x'),
    ("instant", "1700000000.5", "1700000000.500000000"),
    ("instant", '"2023-11-14T22:13:20Z"', "1700000000.000000000"),
    ("day", '"2023-11-14"', "[2023,11,14]"),
    ("day", "[2023,11,14]", SAME),
    ("moment", '"2023-11-14T22:13:20"', "[2023,11,14,22,13,20]"),
    ("duration", '"PT1.5S"', "1.500000000"),
    ("day", '"x"', "!Cannot deserialize value of type `java.time.LocalDate` from String \"x\": Text 'x' could not be parsed at index 0"),
    ("uri", '"https://example.com/"', SAME),
]


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What became of all the cases, in one run."""
    classes = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-nowarn", "-encoding", "UTF-8", "-sourcepath", SOURCES, "-d", classes, PROGRAM], check=True)
    lines = "".join(f"{name}\t{text}\n" for name, text, _ in CASES)
    run = subprocess.run(["java", "-Xshare:auto", "-cp", classes, "lamina.runtime.Json"], input=lines.encode(), capture_output=True)
    assert run.returncode == 0, run.stderr.decode()
    return run.stdout.decode().split("\n")


@pytest.mark.parametrize("number", range(len(CASES)), ids=lambda number: f"{CASES[number][0]}-{CASES[number][1][:20]}")
def test_a_value_comes_back_as_the_runtime_of_aws_would_write_it(answers, number):
    _, text, expected = CASES[number]
    assert answers[number] == (text if expected is SAME else expected)
