"""AWS_LAMBDA_EXEC_WRAPPER: a script that starts the runtime its own way."""

import pytest

CODE = "import os, sys\ndef handler(event, context): return [os.environ.get('WRAPPED'), sys.argv[0]]\n"


def test_a_wrapper_of_a_layer_starts_the_runtime(function, layers):
    layer = layers.publish({"wrapper": '#!/bin/bash\nexport WRAPPED="$# arguments"\nexec "$@"\n'})
    answer, error, log = function(CODE, Layers=[layer], Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}})()
    assert error is None, log
    assert answer[0] == "2 arguments"


def test_a_bash_of_the_functions_own_is_not_the_one_that_starts_the_wrapper(function, layers):
    layer = layers.publish({"wrapper": '#!/bin/sh\nWRAPPED=yes exec "$@"\n', "end": "exit 3\n"})
    variables = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper", "BASH_ENV": "/opt/end"}
    answer, error, log = function(CODE, Layers=[layer], Environment={"Variables": variables})()
    assert error is None, log
    assert answer[0] == "yes"


@pytest.mark.parametrize(("mode", "said", "status"), [
    (None, "/opt/wrapper: does not exist", 127), (0o644, "/opt/wrapper: is not an executable", 126)])
def test_a_wrapper_that_cannot_run_fails_in_awss_words(function, layers, mode, said, status):
    layer = layers.publish({"wrapper" if mode else "other": "#!/bin/bash\n"}, {"wrapper": mode or 0o755})
    answer, _, log = function(CODE, Layers=[layer], Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}})()
    assert answer["errorType"] == "Runtime.ExitError"
    assert answer["errorMessage"].endswith(f"Runtime exited with error: exit status {status}")
    assert f"{said}\n" in log
