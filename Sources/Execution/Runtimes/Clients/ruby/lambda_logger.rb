# frozen_string_literal: true

require "logger"

# Logs an error that is told to the Runtime API too.
class LambdaLogger
  def self.log_error(exception:, message: nil)
    puts message if message
    puts JSON.pretty_generate(exception.to_lambda_response)
  end
end

# Lines of a Logger, with the invocation's id.
class LogFormatter < Logger::Formatter
  FORMAT = "%<letter>s, [%<time>s #%<process>d] %<severity>5s %<request_id>s -- %<progname>s: %<message>s\n"

  def call(severity, time, progname, message)
    line = format(FORMAT, letter: severity[0], time: format_datetime(time), process: Process.pid, severity: severity,
                          request_id: $_global_aws_request_id, progname: progname, message: msg2str(message))
    line.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)
  end
end

# The same as JSON, for AWS_LAMBDA_LOG_FORMAT=JSON.
class JSONLogFormatter < Logger::Formatter
  def call(severity, time, progname, message)
    entry = { timestamp: time.utc.strftime("%Y-%m-%dT%H:%M:%S.%6NZ"), level: severity, message: text(message),
              requestId: $_global_aws_request_id, logger: progname }
    entry.merge!(error(message)) if message.is_a?(Exception)
    "#{JSON.generate(entry.compact)}\n"
  end

  private

  def text(message)
    (message.is_a?(Exception) ? message.message : msg2str(message)).encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
  end

  def error(exception)
    { errorType: exception.class.to_s, errorMessage: text(exception), stackTrace: exception.backtrace || [] }
  end
end

# Makes loggers of the standard output and error write AWS's lines.
module LambdaLoggerFormat
  def initialize(logdev, *arguments, **options)
    return super if logdev && logdev != $stdout && logdev != $stderr

    super(logdev || $stdout, *arguments, **options)
    @default_formatter = ENV["AWS_LAMBDA_LOG_FORMAT"]&.upcase == "JSON" ? JSONLogFormatter.new : LogFormatter.new
    self.datetime_format = options[:datetime_format]
  end
end

Logger.prepend(LambdaLoggerFormat)
