"""Functions in Ruby: handlers, contexts, layers, logs and errors as with AWS's own runtime client."""

import re

import added
import pytest

functions = added.fixture("ruby3.2")

HANDLER = "def handler(event:, context:)\n  %s\nend\n"


def rb(body):
    return {"app.rb": HANDLER % body}


@pytest.mark.parametrize("files, handler", [
    (rb("event"), "app.handler"),
    ({"src/deep/app.rb": HANDLER % "event"}, "src/deep/app.handler"),
    ({"app.rb": "class Tool\n  def self.run(event:, context:) = event\nend\n"}, "app.Tool.run"),
    ({"app.rb": "module My\n  module Tool\n    def self.run(event:, **)\n      event\n    end\n  end\nend\n"}, "app.My::Tool.run"),
    ({"app.rb": "require 'part'\nrequire_relative 'lib/other'\n" + HANDLER % "[PART, OTHER] && event", "part.rb": "PART = 1\n",
      "lib/other.rb": "OTHER = 2\n"}, "app.handler"),
], ids=str)
def test_the_handler_is_found(functions, files, handler):
    assert functions.make(files, handler)({"n": [1, "ä"]})[:2] == ({"n": [1, "ä"]}, None)


@pytest.mark.parametrize("body, answer", [("nil", None), ("'text'", "text"), ("{ a: [1, :b] }", {"a": [1, "b"]}),
                                          ("StringIO.new('[\"raw\"]')", ["raw"]), ("event['n'] + 1", 2)])
def test_what_a_handler_gives_becomes_json(functions, body, answer):
    assert functions.make(rb(body))({"n": 1})[:2] == (answer, None)


def test_the_context_tells_of_the_function_and_the_invocation(functions):
    names = ["aws_request_id", "invoked_function_arn", "log_group_name", "log_stream_name", "function_name", "memory_limit_in_mb",
             "function_version", "identity", "client_context", "deadline_ms", "get_remaining_time_in_millis"]
    invoke = functions.make(rb(f"%w[{' '.join(names)}].to_h {{ |name| [name, context.public_send(name)] }}.merge(trace: ENV['_X_AMZN_TRACE_ID'])"))
    seen, _, log = invoke(ClientContext="eyJjdXN0b20iOiB7ImsiOiAiw6QifX0=")
    [request] = set(re.findall(r"RequestId: (\S+)", log))
    assert seen["aws_request_id"] == request
    assert seen["function_name"] in seen["invoked_function_arn"] and seen["function_version"] == "$LATEST"
    assert (seen["memory_limit_in_mb"], seen["log_group_name"]) == ("256", f"/aws/lambda/{seen['function_name']}")
    assert "[$LATEST]" in seen["log_stream_name"]
    assert 5000 < seen["get_remaining_time_in_millis"] <= 10000 < seen["deadline_ms"]
    assert (seen["client_context"], seen["identity"]) == ({"custom": {"k": "ä"}}, None)
    assert re.match(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24};", seen["trace"])


def test_what_a_file_keeps_stays_for_the_next_invocation(functions):
    invoke = functions.make({"app.rb": "$n = 0\n" + HANDLER % "$n += 1"})
    assert [invoke()[0] for _ in range(3)] == [1, 2, 3]


def test_a_large_event_is_answered_whole(functions):
    event = {"text": "aä€" * 300_000}
    assert functions.make(rb("event"))(event)[0] == event


def test_what_is_printed_is_logged_and_loggers_name_the_invocation(functions):
    log = functions.make(rb("puts 'one'; warn 'two'; Logger.new($stdout).info('three')"))()[2]
    request = re.search(r"RequestId: (\S+)", log)[1]
    assert re.search(r"^one\n", log, re.MULTILINE) and re.search(r"^two\n", log, re.MULTILINE)
    assert re.search(rf"^I, \[\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{6}} #\d+\]  INFO {request} -- : three\n", log, re.MULTILINE), log


def test_a_loggers_own_file_and_format_are_its_own(functions):
    body = ("file = StringIO.new; Logger.new(file).info('text'); own = StringIO.new; "
            "Logger.new(own, formatter: ->(level, *, text) { \"#{level} #{text}\" }).warn('x'); [file.string, own.string]")
    first, second = functions.make(rb(body))()[0]
    assert re.fullmatch(r"I, \[.*\]  INFO -- : text\n", first) and second == "WARN x"


def test_what_awss_client_loads_needs_no_require(functions):
    assert functions.make(rb("[URI.parse('http://host/').host, Net::HTTP.name, JSON.generate([1]), Timeout::Error.name]"))()[0] == [
        "host", "Net::HTTP", "[1]", "Timeout::Error"]
    answer = functions.make(rb("Nett::HTTP"))()[0]
    assert answer["errorType"] == "Function<NameError>" and "uninitialized constant Nett" in answer["errorMessage"]


def test_a_failed_invocation_is_told_and_logged_and_the_next_one_runs(functions):
    code = "$n = 0\ndef deep\n  raise ArgumentError, \"bad \\xFF\"\nend\n" + HANDLER % "($n += 1) > 1 ? $n : deep"
    invoke = functions.make({"app.rb": code})
    answer, error, log = invoke()
    assert (answer, error) == ({
        "errorMessage": "bad \ufffd", "errorType": "Function<ArgumentError>",
        "stackTrace": ["/var/task/app.rb:3:in `deep'", "/var/task/app.rb:6:in `handler'"]}, "Unhandled")
    assert "Error raised from handler method\n{\n" in log and '"errorType": "Function<ArgumentError>"' in log
    assert invoke()[:2] == (2, None)


@pytest.mark.parametrize("message", ["nil", "5", "raise(\"none\")", "\"\\xFF\".b"])
def test_an_exception_may_have_any_message(functions, message):
    code = f"class Odd < StandardError\n  def message = {message}\nend\n$n = 0\n" + HANDLER % "($n += 1) > 1 ? $n : raise(Odd)"
    invoke = functions.make({"app.rb": code})
    answer, error, _ = invoke()
    assert (answer["errorType"], error) == ("Function<Odd>", "Unhandled")
    assert isinstance(answer["errorMessage"], str)
    assert invoke()[:2] == (2, None)


@pytest.mark.parametrize("body, kind", [
    ("no_such_thing", "Function<NameError>"), ("nil.no_such_thing", "Function<NoMethodError>"), ("exit(3)", "Function<SystemExit>"),
    ("raise Exception, 'x'", "Function<Exception>"), ("raise NotImplementedError", "Function<NotImplementedError>"),
])
def test_after_a_critical_exception_the_process_is_another(functions, body, kind):
    invoke = functions.make({"app.rb": "START = Process.clock_gettime(Process::CLOCK_MONOTONIC, :nanosecond)\n" + HANDLER % f"event['fail'] ? ({body}) : START"})
    before = invoke()[0]
    answer, error, log = invoke({"fail": True})
    assert (answer["errorType"], error) == (kind, "Unhandled")
    assert "Critical exception from handler\n" in log
    assert added.succeeding(invoke) != before


def test_an_exit_without_a_word_is_told_with_its_status(functions):
    answer, error, _ = functions.make(rb("exit!(7)"))()
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert answer["errorMessage"].endswith("Error: Runtime exited with error: exit status 7")


@pytest.mark.parametrize("files, handler, kind, message", [
    ({"app.rb": "require 'absent'\n"}, "app.handler", "Init<LoadError>", "cannot load such file -- absent"),
    (rb("1"), "other.handler", "Init<LoadError>", "cannot load such file -- other"),
    (rb("1"), "app", "Init<ArgumentError>", "Invalid handler [\"app\"], must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD"),
    ({"app.rb": "def handler(\n"}, "app.handler", "Init<SyntaxError>", "/var/task/app.rb:1: syntax error"),
    ({"app.rb": "raise 'at the top'\n"}, "app.handler", "Init<RuntimeError>", "at the top"),
], ids=str)
def test_an_error_of_the_init_phase_is_told(functions, files, handler, kind, message):
    answer, error, log = functions.make(files, handler)()
    assert (answer["errorType"], error) == (kind, "Unhandled")
    assert answer["errorMessage"].startswith(message)
    assert isinstance(answer["stackTrace"], list)
    assert f"Init error when loading handler {handler}\n{{\n" in log and f'"errorType": "{kind}"' in log


SPECIFICATION = """
Gem::Specification.new do |gem|
  gem.name, gem.version, gem.summary, gem.authors = "tool", "1.2.3", "A tool", ["me"]
  gem.require_paths = ["lib"]
end
"""


def test_layers_gems_and_libraries_are_found(functions):
    gem = functions.layer({"ruby/gems/3.2.0/specifications/tool-1.2.3.gemspec": SPECIFICATION,
                           "ruby/gems/3.2.0/gems/tool-1.2.3/lib/tool.rb": "TOOL = 'gem'\n"})
    library = functions.layer({"ruby/lib/part.rb": "PART = 'library'\n"})
    files = {"app.rb": "require 'tool'\nrequire 'part'\n" + HANDLER % "[TOOL, PART, Gem.loaded_specs['tool'].version.to_s]"}
    assert functions.make(files, Layers=[gem, library])()[:2] == (["gem", "library", "1.2.3"], None)


def test_gems_in_the_deployment_package_are_found(functions):
    root = "vendor/bundle/ruby/3.2.0"
    files = {f"{root}/specifications/tool-1.2.3.gemspec": SPECIFICATION, f"{root}/gems/tool-1.2.3/lib/tool.rb": "TOOL = 'own'\n",
             "app.rb": "require 'tool'\n" + HANDLER % "TOOL"}
    assert functions.make(files)()[0] == "own"


def test_the_standard_librarys_extensions_load(functions):
    body = "require 'openssl'; require 'yaml'; require 'zlib'; require 'digest'; [OpenSSL::Digest::SHA256.hexdigest('')[0, 8], YAML.load('a: 1'), Zlib.crc32('')]"
    assert functions.make(rb(body))()[:2] == (["e3b0c442", {"a": 1}, 0], None)


def test_the_machines_libraries_that_lambda_lacks_are_not_found(functions):
    # Debian's Ruby itself needs libcrypt and libgmp.
    body = "require 'fiddle'; %w[libedit.so.2 libX11.so.6 libGL.so.1].map { |name| Fiddle.dlopen(name) && name rescue nil }"
    assert functions.make(rb(body))()[:2] == ([None] * 3, None)
