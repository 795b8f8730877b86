# frozen_string_literal: true

# What is told of an exception: to the Runtime API and in the log.
class ErrorReport
  FRAMES = 100
  # Types that are told to AWS's own statistics; the others are the user's business.
  KNOWN_TYPES = %w[ArgumentError NoMethodError Exception StandardError NameError LoadError SystemExit SystemStackError].freeze

  # phase: "Function" or "Init"
  def initialize(exception, phase)
    @class_name = exception.class.to_s
    @type = "#{phase}<#{@class_name}>"
    @message = message_of(exception)
    @trace = (exception.backtrace || []).first(FRAMES).map { |line| text(line) }.reject { |line| line.start_with?("#{__dir__}/") }
  end

  def runtime_error_type
    KNOWN_TYPES.include?(@class_name) ? @type : "Function<UserException>"
  end

  def to_lambda_response
    { errorMessage: @message, errorType: @type, stackTrace: @trace }
  end

  private

  # The function's own class may have any message, or none to give.
  def message_of(exception)
    text(exception.message)
  rescue StandardError
    ""
  end

  # JSON has no other encoding, nor bytes that are none of its characters.
  def text(value)
    value.to_s.encode(Encoding::UTF_8, invalid: :replace, undef: :replace).scrub
  end
end
