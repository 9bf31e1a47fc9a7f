# frozen_string_literal: true

port ENV.fetch('PORT')
# As many as the pool in config.ru has connections.
threads 10, 10
# Ending on SIGTERM is no failure.
raise_exception_on_sigterm false
