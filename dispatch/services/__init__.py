"""
The use cases of dispatch: each one transaction, one scope, one answer.

Every function takes an engine of the application role and a `Scope`; what the scope
may not see does not exist (`not_found`). Changes and notices commit together. Reads of
one incident, call or track are audited. Views are in `dispatch.views`, refusals in
`dispatch.errors`.
"""

from dispatch.services.accounts import (
    change_own_password,
    create_account,
    list_accounts,
    set_active,
    set_password,
)
from dispatch.services.aid_requests import (
    accept_aid,
    ask_for_team,
    list_aid_requests,
    refuse_aid,
    withdraw_aid,
)
from dispatch.services.alarms import (
    acknowledge_alarm,
    hand_over_alarms,
    list_alarms,
    raise_sos,
    settle_alarm,
)
from dispatch.services.alerts import answer_alert, confirm_alert
from dispatch.services.assignments import (
    assign,
    get_assignment,
    list_assignments,
    reassign,
    release,
)
from dispatch.services.calls import get_call, join, list_calls, mark_call_misdial
from dispatch.services.changed import Changed, Told, what_changed
from dispatch.services.check_ins import check_in, set_check_in
from dispatch.services.closure_requests import (
    accept_closure_request,
    ask_to_close,
    get_closure_request,
    list_closure_requests,
    refuse_closure_request,
    withdraw_closure_request,
)
from dispatch.services.confirmed_places import PlaceWish, confirm_place, withdraw_place
from dispatch.services.drafts import draft_message, list_drafts, make_draft
from dispatch.services.drives import find_drive, list_drives, record_eta
from dispatch.services.field_watch import note_overdue
from dispatch.services.further_reports import (
    add_report,
    call_standing,
    note_trouble,
    number_to_ask,
)
from dispatch.services.handovers import (
    acknowledge_handover,
    get_handover,
    handover_package,
    handover_page,
    list_handovers,
    list_open_handovers,
    open_handover,
    retry_handover,
)
from dispatch.services.incidents import (
    close,
    get_incident,
    incident_timeline,
    list_incidents,
    mark_misdial,
    note,
    reading_incident,
    reopen,
    transfer,
)
from dispatch.services.messages import confirm_messages, list_messages, send_message
from dispatch.services.new_calls import accept_report, open_incident
from dispatch.services.offers import keep_apart, list_offers, take_in
from dispatch.services.presence import end_presence, tell_presence
from dispatch.services.road_closures import (
    end_road_closure,
    get_road_closure,
    list_road_closures,
    record_road_closure,
)
from dispatch.services.sent_once import FirstAnswer, begin_once, end_once
from dispatch.services.sessions import (
    end_session,
    find_session,
    issue_token,
    list_sessions,
    revoke_session,
    scope_of,
    verify_login,
)
from dispatch.services.taking import refuse_report, store_raw
from dispatch.services.team_status import set_team_status
from dispatch.services.teams import create_team, get_team, list_teams, read_tracks, team_track
from dispatch.services.trail import list_audit, verify_audit
from teams.intake import record_positions

__all__ = [
    "Changed",
    "FirstAnswer",
    "PlaceWish",
    "Told",
    "accept_aid",
    "accept_closure_request",
    "accept_report",
    "acknowledge_alarm",
    "acknowledge_handover",
    "add_report",
    "answer_alert",
    "ask_for_team",
    "ask_to_close",
    "assign",
    "begin_once",
    "call_standing",
    "change_own_password",
    "check_in",
    "close",
    "confirm_alert",
    "confirm_messages",
    "confirm_place",
    "create_account",
    "create_team",
    "draft_message",
    "end_once",
    "end_presence",
    "end_road_closure",
    "end_session",
    "find_drive",
    "find_session",
    "get_assignment",
    "get_call",
    "get_closure_request",
    "get_handover",
    "get_incident",
    "get_road_closure",
    "get_team",
    "hand_over_alarms",
    "handover_package",
    "handover_page",
    "incident_timeline",
    "issue_token",
    "join",
    "keep_apart",
    "list_accounts",
    "list_aid_requests",
    "list_alarms",
    "list_assignments",
    "list_audit",
    "list_calls",
    "list_closure_requests",
    "list_drafts",
    "list_drives",
    "list_handovers",
    "list_incidents",
    "list_messages",
    "list_offers",
    "list_open_handovers",
    "list_road_closures",
    "list_sessions",
    "list_teams",
    "make_draft",
    "mark_call_misdial",
    "mark_misdial",
    "note",
    "note_overdue",
    "note_trouble",
    "number_to_ask",
    "open_handover",
    "open_incident",
    "raise_sos",
    "read_tracks",
    "reading_incident",
    "reassign",
    "record_eta",
    "record_positions",
    "record_road_closure",
    "refuse_aid",
    "refuse_closure_request",
    "refuse_report",
    "release",
    "reopen",
    "retry_handover",
    "revoke_session",
    "scope_of",
    "send_message",
    "set_active",
    "set_check_in",
    "set_password",
    "set_team_status",
    "settle_alarm",
    "store_raw",
    "take_in",
    "team_track",
    "tell_presence",
    "transfer",
    "verify_audit",
    "verify_login",
    "what_changed",
    "withdraw_aid",
    "withdraw_closure_request",
    "withdraw_place",
]
