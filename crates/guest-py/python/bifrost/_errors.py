"""What a workflow raises, and what the package raises."""


class _Told(Exception):
    """An error whose message is its text; whatever else it is told is kept as `details`."""

    def __init__(self, message="", *more, **details):
        super().__init__(message, *more)
        self.message = message
        self.details = details

    def __str__(self):
        return str(self.message)


class UserError(_Told):
    """What the person who started the run is to read: the message alone ends the run, without a traceback."""


class WorkflowError(_Told):
    """A workflow could not do its work."""


class ValidationError(_Told):
    """A value is not what it must be."""


class IntegrationError(_Told):
    """Another system refused or failed."""


class ConfigurationError(_Told):
    """Something that must be set up is not."""


class NotAvailable(ConfigurationError):
    """Part of Bifrost that has no meaning in a workspace by itself; the message says what would be needed, and what does instead."""


def refusal(what, needs):
    """A function of Bifrost that is not available here: each call says why."""

    def refuse(*args, **kwargs):
        raise NotAvailable(f"bifrost.{what} is not available here: {needs}.")

    return refuse
