"""
The result codes of OMA MLP 3.5 (section 5.4) and what an operator should do about each.

Classes: 0-99 server, 100-199 request, 200-299 network, 500-599 vendor, 600-699 client.
"""

from dispatch.location.base import Notes

RESULT_NAMES = {
    "0": "OK", "1": "SYSTEM FAILURE", "2": "UNSPECIFIED ERROR", "3": "UNAUTHORIZED APPLICATION",
    "4": "UNKNOWN SUBSCRIBER", "5": "ABSENT SUBSCRIBER", "6": "POSITION METHOD FAILURE",
    "7": "TIMEOUT", "101": "CONGESTION IN LOCATION SERVER", "103": "UNSUPPORTED VERSION",
    "104": "TOO MANY POSITION ITEMS", "105": "FORMAT ERROR", "106": "SYNTAX ERROR",
    "107": "PROTOCOL ELEMENT NOT SUPPORTED", "108": "SERVICE NOT SUPPORTED",
    "109": "PROTOCOL ELEMENT ATTRIBUTE NOT SUPPORTED", "110": "INVALID PROTOCOL ELEMENT VALUE",
    "111": "INVALID PROTOCOL ELEMENT ATTRIBUTE VALUE",
    "112": "PROTOCOL ELEMENT VALUE NOT SUPPORTED",
    "113": "PROTOCOL ELEMENT ATTRIBUTE VALUE NOT SUPPORTED",
    "114": "CANCELLATION OF TRIGGERED REQUEST", "201": "QOP NOT ATTAINABLE",
    "202": "POSITIONING NOT ALLOWED", "203": "CONGESTION IN MOBILE NETWORK",
    "204": "DISALLOWED BY LOCAL REGULATION", "207": "MISCONFIGURATION OF LOCATION SERVER",
    "208": "TARGET MOVED TO NEW MSC/SGSN",
}  # fmt: skip

_NOT_AUTHORISED = {"3", "202", "204"}
_RETRY = {"1", "2", "101", "203", "207", "208"}
_CLIENT = range(600, 700)
_OUR_FAULT = {str(code) for code in (*range(103, 114), *_CLIENT)}

_ADVICE = {
    "ask_caller": "the network has no fix: ask the caller where they are",
    "tell_supervisor": "the network does not authorise the location: tell the supervisor and STS",
    "retry_later": "the location server is in trouble: ask again in a few seconds, and the caller",
    "report_fault": "the network rejects our request: report it as a fault, and ask the caller",
}


def advice_code(result: str) -> str:
    """Return what to do about a result code; an unknown one is treated as no fix."""
    if result in _NOT_AUTHORISED:
        return "tell_supervisor"
    if result in _RETRY:
        return "retry_later"
    if result in _OUR_FAULT:
        return "report_fault"
    return "ask_caller"


def result_name(result: str) -> str:
    """Return the name of a result code, or of its class where the code has none."""
    number = int(result) if result.isascii() and result.isdigit() and len(result) < 4 else -1
    if result in RESULT_NAMES:
        return RESULT_NAMES[result]
    if number in _CLIENT:
        return "an error of the location client"
    return "a code of the operator's own" if 500 <= number < 600 else "an unknown code"


def note_result(result: str, notes: Notes) -> None:
    """Note the network's own words and the advice that goes with them."""
    name = result_name(result)
    notes.add("network_result", f"the network answered {result}: {name}")
    advice = advice_code(result)
    notes.add(advice, _ADVICE[advice])
