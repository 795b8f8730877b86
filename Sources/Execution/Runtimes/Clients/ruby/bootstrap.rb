# frozen_string_literal: true

# A client of Lambda's Runtime API for Ruby: loads the function's handler and runs its invocations, as AWS's runtimes do.

require "json"
require "socket"
require_relative "error_report"
require_relative "lambda_context"
require_relative "lambda_handler"
require_relative "lambda_logger"
require_relative "late_constants"
require_relative "marshaller"
require_relative "runtime_api"

# Runs invocations until one leaves the process in a state that is not to be trusted.
class LambdaRunner
  CRITICAL_STATUS = 255
  INIT_STATUS = 252

  def initialize(api)
    @api = api
  end

  # Returns the process's exit status.
  def run(root, handler_name)
    handler = load_handler(root, handler_name)
    return INIT_STATUS unless handler

    loop { return CRITICAL_STATUS if run_invocation(handler, @api.next_invocation) == :critical }
  end

  private

  def load_handler(root, name)
    $LOAD_PATH.unshift(root) unless $LOAD_PATH.include?(root)
    handler = LambdaHandler.new(name)
    require handler.file_name
    handler
  rescue Exception => e
    report = ErrorReport.new(e, "Init")
    LambdaLogger.log_error(exception: report, message: "Init error when loading handler #{name}")
    @api.send_init_error(report)
    nil
  end

  def run_invocation(handler, request)
    $_global_aws_request_id = request.id
    ENV["_X_AMZN_TRACE_ID"] = request["Lambda-Runtime-Trace-Id"] if request["Lambda-Runtime-Trace-Id"]
    response, content_type = handler.call(AwsLambda::Marshaller.marshall_request(request), LambdaContext.new(request))
    response = response.read if content_type == "application/unknown"
    @api.send_response(request.id, response, content_type)
  rescue NameError => e
    fail_invocation(request, e, "Critical exception from handler")
    :critical
  rescue StandardError => e
    fail_invocation(request, e, "Error raised from handler method")
  rescue Exception => e
    fail_invocation(request, e, "Critical exception from handler")
    :critical
  end

  def fail_invocation(request, exception, message)
    report = ErrorReport.new(exception, "Function")
    LambdaLogger.log_error(exception: report, message: message)
    @api.send_error(request.id, report)
  end
end

$stdout.sync = true
begin
  api = RuntimeAPI.new(ENV.fetch("AWS_LAMBDA_RUNTIME_API"))
  status = LambdaRunner.new(api).run(ENV.fetch("LAMBDA_TASK_ROOT"), ENV.fetch("_HANDLER"))
rescue SignalException
  status = 0
end
exit(status)
