# frozen_string_literal: true

# The method that a function names as its handler: FILE.METHOD or FILE.CLASS.METHOD.
class LambdaHandler
  attr_reader :file_name

  def initialize(name)
    parts = name.split(".")
    case parts.size
    when 2 then @file_name, @method_name = parts
    when 3 then @file_name, @class_name, @method_name = parts
    else
      raise ArgumentError, "Invalid handler #{parts}, must be of form FILENAME.METHOD or FILENAME.CLASS.METHOD where FILENAME corresponds " \
                           "with an existing Ruby source file FILENAME.rb, CLASS is an optional module/class namespace and METHOD is a " \
                           "callable method. If using CLASS, METHOD must be a class-level method."
    end
  end

  # Returns the response's body and its content type; no content type for JSON.
  def call(event, context)
    receiver = @class_name ? Object.const_get(@class_name) : TOPLEVEL_BINDING.receiver
    # Methods at a file's top level are private.
    AwsLambda::Marshaller.marshall_response(receiver.__send__(@method_name, event: event, context: context))
  end
end
