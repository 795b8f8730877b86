"""What AWS refuses about functions, in its words."""

import pytest
from conftest import ROLE, make_zip, refusal

BASE = "arn:aws:lambda:us-east-1:000000000000:function:"
ZIP = make_zip({"app.py": "def handler(e, c): return 1\n"})
INVALID, VALIDATION = (400, "InvalidParameterValueException"), (400, "ValidationException")


@pytest.fixture
def raw(server):
    return server.client("lambda", parameter_validation=False)


@pytest.fixture
def create(raw):
    """What CreateFunction is refused with, when a sound request is changed."""
    def create(**members):
        settings = {"FunctionName": "f", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": ZIP}} | members
        answer = refusal(raw.create_function, **{name: value for name, value in settings.items() if value is not None})
        assert raw.list_functions()["Functions"] == []
        return answer[:2], answer[2]

    return create


def one_error(member, value, text):
    return VALIDATION, f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {text}"


@pytest.mark.parametrize("members, member, value, text", [
    ({"Timeout": 0}, "timeout", 0, "Member must have value greater than or equal to 1"),
    ({"MemorySize": 127}, "memorySize", 127, "Member must have value greater than or equal to 128"),
    ({"EphemeralStorage": {"Size": 511}}, "ephemeralStorage.size", 511, "Member must have value greater than or equal to 512"),
    ({"Description": "d" * 257}, "description", "d" * 257, "Member must have length less than or equal to 256"),
    ({"Handler": "a b"}, "handler", "a b", r"Member must satisfy regular expression pattern: [^\s]+"),
    ({"Handler": "h" * 129}, "handler", "h" * 129, "Member must have length less than or equal to 128"),
    ({"Role": "me"}, "role", "me",
     r"Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+"),
    ({"Architectures": ["x86_64", "arm64"]}, "architectures", "[x86_64, arm64]", "Member must have length less than or equal to 1"),
    ({"Architectures": ["X86_64"]}, "architectures", "[X86_64]",
     "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"),
    ({"SnapStart": {"ApplyOn": "All"}}, "snapStart.applyOn", "All", "Member must satisfy enum value set: [PublishedVersions, None]"),
])
def test_a_members_constraint_is_told(create, members, member, value, text):
    assert create(**members) == one_error(member, value, text)


def test_several_wrong_members_are_one_error(create):
    kind, message = create(Timeout=901, MemorySize=1, Role="me", Architectures=["mips"])
    assert kind == VALIDATION
    assert message.startswith("4 validation errors detected: ")
    for member in ("role", "timeout", "memorySize", "architectures"):
        assert f" at '{member}' failed to satisfy constraint: " in message


def test_a_missing_member_is_told(create):
    assert create(Role=None) == (
        VALIDATION, "1 validation error detected: Value null at 'role' failed to satisfy constraint: Member must not be null")
    needed = (INVALID, "Runtime and Handler are mandatory parameters for functions created with deployment packages.")
    assert create(Runtime=None) == create(Handler=None) == needed
    assert create(Code={}) == (INVALID, "Please provide a source for function code.")
    assert create(Code={"ZipFile": ZIP, "S3Bucket": "bucket", "S3Key": "k"}) == (
        INVALID, "Please do not provide other FunctionCode parameters when providing a ZipFile.")


def test_a_zip_that_is_none_is_told(create):
    assert create(Code={"ZipFile": b"no zip"}) == (
        INVALID, "Could not unzip uploaded file. Please check your file, then try to upload again.")
    assert create(Code={"ZipFile": make_zip({})}) == (INVALID, "Uploaded file must be a non-empty zip")


def test_names_have_a_length(create, raw):
    for name in "n" * 65, "n" * 141:
        assert create(FunctionName=name) == (
            INVALID, f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: "
            "Member must have length less than or equal to 64")
    assert create(FunctionName="a.b")[0] == VALIDATION


def test_a_name_that_no_function_can_have_is_not_found(raw):
    assert refusal(raw.get_function, FunctionName="n" * 65) == (404, "ResourceNotFoundException", f"Function not found: {BASE}{'n' * 65}")


def test_a_function_is_made_once(raw, create):
    settings = {"FunctionName": "f", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": ZIP}}
    raw.create_function(**settings)
    assert refusal(raw.create_function, **settings) == (409, "ResourceConflictException", "Function already exist: f")


def test_environment_variables_have_limits(create):
    message = "Lambda was unable to configure your environment variables because the environment variables you have provided"
    variables = lambda **values: create(Environment={"Variables": values})
    assert variables(AWS_REGION="x", AWS_SESSION_TOKEN="y", FINE="z") == (
        INVALID, f"{message} contains reserved keys that are currently not supported for modification. "
        "Reserved keys used in this request: AWS_REGION, AWS_SESSION_TOKEN")
    long = "v" * 4096
    assert variables(KEY=long) == (INVALID, f'{message} exceeded the 4KB limit. String measured: {{"KEY":"{long}"}}')
    kind, text = create(Environment={"Variables": {"1X": "v"}})
    assert kind == VALIDATION and "Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, " in text


def test_runtimes_are_told_apart(create):
    kind, message = create(Runtime="python1.0")
    assert kind == INVALID
    assert message.startswith("Value python1.0 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [nodejs20.x, ")
    assert message.endswith("] or be a valid ARN")
    kind, message = create(Runtime="python3.7")
    assert kind == INVALID
    assert message.startswith("The runtime parameter of python3.7 is no longer supported for creating or updating AWS Lambda functions. ")
    assert create(Runtime="nodejs22.x", SnapStart={"ApplyOn": "PublishedVersions"}) == (
        INVALID, "nodejs22.x is not supported for SnapStart enabled functions.")


def test_images_take_no_layers_and_zips_no_images(raw, create):
    refused = (INVALID, "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.")
    layer = raw.publish_layer_version(LayerName="tools", Content={"ZipFile": ZIP})["LayerVersionArn"]
    image = {"PackageType": "Image", "Code": {"ImageUri": "000000000000.dkr.ecr.us-east-1.amazonaws.com/f:1"}}
    assert create(**image) == refused
    assert create(**image, Runtime=None, Handler=None, Layers=[layer]) == refused
    raw.create_function(FunctionName="f", Runtime="python3.13", Handler="app.handler", Role=ROLE, Code={"ZipFile": ZIP})
    assert refusal(raw.update_function_code, FunctionName="f", ImageUri=image["Code"]["ImageUri"])[2] == (
        "Please don't provide ImageUri when updating a function with packageType Zip.")


def test_functions_of_other_regions_and_accounts_are_out_of_reach(raw):
    assert refusal(raw.get_function, FunctionName="arn:aws:lambda:eu-west-1:000000000000:function:f") == (
        404, "ResourceNotFoundException", "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')")
    assert refusal(raw.get_function, FunctionName=BASE.replace("000000000000", "111122223333") + "f")[:2] == (403, "AccessDeniedException")


def test_a_function_and_its_layers_have_250_mb_together(raw):
    half = make_zip({"zeros": bytes(131_072_001)})
    layers = [raw.publish_layer_version(LayerName=name, Content={"ZipFile": half})["LayerVersionArn"] for name in ("a", "b")]
    settings = {"FunctionName": "f", "Runtime": "python3.13", "Handler": "app.handler", "Role": ROLE, "Code": {"ZipFile": ZIP}}
    raw.create_function(**settings, Layers=layers[:1])
    for members in ({"Layers": layers},):
        status, code, message = refusal(raw.update_function_configuration, FunctionName="f", **members)
        assert (status, code) == INVALID
        assert message.startswith("Unzipped size must be smaller than ") and "262144000" in message
    assert len(raw.get_function_configuration(FunctionName="f")["Layers"]) == 1
    assert refusal(raw.update_function_code, FunctionName="f", ZipFile=make_zip({"zeros": bytes(131_073_000)}))[:2] == INVALID
