"""Twilio's error answers: the body `{code, message, more_info, status}`, and the words of each code."""

from typing import Any

MESSAGES: dict[int, tuple[int, str]] = {
    20001: (400, "Parameter '{0}' is not valid"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20404: (404, "The requested resource {0} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    20503: (503, "Service is unavailable. Please try again."),
    21201: (400, "No 'To' number is specified"),
    21205: (400, "Url is not a valid URL: {0}"),
    21208: (400, "Invalid Timeout"),
    21210: (400, "The source phone number provided, {0}, is not yet verified for your account."),
    21211: (400, "Invalid 'To' Phone Number: {0}"),
    21214: (400, "The phone number you are attempting to call, {0}, cannot be reached."),
    21215: (400, "Account not authorized to call {0}. Perhaps you need to enable some international permissions"),
    21213: (400, "No 'From' number is specified"),
    21266: (400, "'To' and 'From' number cannot be the same: {0}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {0}"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (
        400,
        "The From phone number {0} is not a valid, SMS-capable inbound phone number or short code for your account.",
    ),
    21608: (400, "The number {0} is unverified. Trial accounts cannot send messages to unverified numbers."),
    21609: (400, "The StatusCallback URL {0} is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' ({0}) and 'From' parameters"),
    21614: (400, "'To' number is not a valid mobile number: {0}"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21624: (400, "Invalid validity period value"),
    21635: (400, "'To' number cannot be a landline: {0}"),
    21705: (400, "The Messaging Service Sid {0} is invalid."),
}
"""HTTP status and message per code; `{0}` is the value at fault."""

DELIVERY: dict[int, str] = {
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "Message from an Unregistered Number",
    30036: "Validity Period Expired",
}
"""Codes that come with `undelivered` or `failed`."""


class ApiError(Exception):
    """A refusal in Twilio's form."""

    def __init__(self, code: int, value: str = "", headers: dict[str, str] | None = None) -> None:
        status, message = MESSAGES.get(code, (400, f"Error {code}"))
        super().__init__(message)
        self.code = code
        self.status = status
        self.message = message.format(value)
        self.headers = headers or {}

    def body(self) -> dict[str, Any]:
        """Twilio's JSON object for this error."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}
