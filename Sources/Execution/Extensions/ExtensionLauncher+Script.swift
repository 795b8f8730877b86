extension ExtensionLauncher {
    /// What only the runtime has (AWS: "Lambda Extensions API", environment variables).
    private static let runtimeVariables = [
        "AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_XRAY_CONTEXT_MISSING",
        "AWS_XRAY_DAEMON_ADDRESS", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT", "_AWS_XRAY_DAEMON_ADDRESS", "_AWS_XRAY_DAEMON_PORT",
        "_HANDLER",
    ]

    /// Its arguments: how many extensions, the path of each, and the runtime's command.
    ///
    /// Each extension has a subshell that waits for it. The runtime runs in the foreground, since a shell lets those in the background
    /// ignore interrupts. What the shell itself says, such as of a process that was killed, is for no one. The names of its variables
    /// begin as no function's may, and a function's TMOUT is not for its reads.
    static let script = """
        exec 2>/dev/null
        _count=$1
        shift
        leave() { local _number; for ((_number = 9; _number < 11 + _count; _number++)); do eval "exec $_number>&-"; done; }
        for ((_extension = 0; _extension < _count; _extension++)); do
            _path=$1
            shift
            (
                (
                    exec >&$((11 + _extension)) 2>&1
                    leave
                    cd /
                    unset OLDPWD \(runtimeVariables.joined(separator: " "))
                    ((SHLVL--))
                    exec "$_path"
                )
                echo "$_extension $?" >&9
            ) &
        done
        TMOUT= read -r _ <&10 || exit 1
        (
            echo "start $BASHPID" >&9
            leave
            ((SHLVL--))
            exec "$@"
        ) 2>&1
        echo "exit $?" >&9
        TMOUT= read -r _ <&10
        """
}
