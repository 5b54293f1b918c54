"""Cells that messages name beside or instead of a place: MLP, and the headers of IMS."""

import pytest

from dispatch.location.cells.table import OPERATOR_RO, CellTable
from dispatch.location.reader import read_report
from dispatch.model import LocationReport
from geodata.areas.uncertainty import centroid
from geodata.points import LonLat

TABLE = CellTable.from_lines(
    [
        "GSM#226#01#1234#5678#46.638#27.729#3500#95##",
        "UMTS#226#01#1234#5679#46.638#27.729#3500#95##",
        "LTE#226#05#703#26034200#46.638#27.729#2000#95##",
        "NR#226#10#1193046#4886718345#46.638#27.729#1000#95##",
        "GSM#226#01#65534#5678#46.638#27.729#3500#95##",
        "GSM#226#01#1234#65535#46.638#27.729#3500#95##",
        "LTE#226#05#65535#268435455#46.638#27.729#2000#95##",
    ],
    OPERATOR_RO,
)
VASLUI = LonLat(27.729, 46.638)
MLP = (
    "<slia><pos><msid>40721234567</msid><poserr><result resid='6'/>"
    "<time>20260214193005</time></poserr>%s</pos></slia>"
)
GSM = "<mcc>226</mcc><mnc>01</mnc><lac>1234</lac><cellid>5678</cellid>"
LTE = "<mcc>226</mcc><mnc>05</mnc><lte_ci>26034200</lte_ci>"
SIP = "INVITE sip:119@x SIP/2.0\r\nP-Asserted-Identity: <tel:+40721234567>\r\n%s\r\n\r\n"
ACCESS, LAST = "P-Access-Network-Info", "Cellular-Network-Info"
LTE_ID, UTRAN_ID = "2260502BF18D4018", "2260104D2000162F"
GSM_ID, NR_ID = "2260104D2162E", "22610123456123456789"
OTHER = "2260502BF0000001"


def read(text: str) -> LocationReport:
    return read_report(text.encode(), cells=TABLE)


def codes(report: LocationReport) -> set[str]:
    return {warning.code for warning in report.warnings}


def is_in_vaslui(report: LocationReport) -> bool:
    if report.shape is None:
        return False
    lon, lat = centroid(report.shape)
    return abs(lon - VASLUI.lon) < 0.05 and abs(lat - VASLUI.lat) < 0.05


# ── MLP ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    "element",
    [
        f"<gsm_net_param><cgi>{GSM}</cgi></gsm_net_param>",
        f"<gsm_net_param><cgi>{GSM}</cgi><ta>1</ta></gsm_net_param>",
        f"<gsm_net_param><neid><vmscid>1</vmscid></neid><cgi>{GSM}</cgi></gsm_net_param>",
        f"<cgi>{GSM}</cgi>",
        f"<serving_cell><cgi>{GSM}</cgi></serving_cell>",
        f"<servingcell>{GSM}</servingcell>",
        f"<sai>{GSM.replace('cellid', 'sac')}</sai>".replace("5678", "5679"),
        f"<wcdma_net_param><sai>{GSM.replace('cellid', 'sac')}</sai></wcdma_net_param>",
        f"<wcdma_net_param><cgi>{GSM.replace('5678', '5679')}</cgi></wcdma_net_param>",
        f"<lte_net_param>{LTE}</lte_net_param>",
        f"<lte_net_param><ecgi>{LTE}</ecgi></lte_net_param>",
        f"<ecgi>{LTE.replace('<lte_ci', '<tac>703</tac><lte_ci')}</ecgi>",
        f"<ecgi>{LTE}</ecgi>",
        "<nr_net_param><mcc>226</mcc><mnc>10</mnc><nr_ci>4886718345</nr_ci></nr_net_param>",
        "<ncgi><mcc>226</mcc><mnc>10</mnc><nr_ci>4886718345</nr_ci></ncgi>",
        f"<GSM_NET_PARAM><CGI>{GSM}</CGI></GSM_NET_PARAM>",
        f"<gsm_net_param><CGI>{GSM.upper()}</CGI></gsm_net_param>".replace("MCC", "mcc"),
        f"<gsm_net_param xmlns='x'><cgi>{GSM}</cgi></gsm_net_param>",
        f"<gsm_net_param><cgi/></gsm_net_param><cgi>{GSM}</cgi>",
        f"<gsm_net_param>\n <cgi> {GSM} </cgi>\n</gsm_net_param>",
    ],
)  # fmt: skip
def test_the_cell_of_an_answer_without_a_shape_is_its_place(element: str) -> None:
    report = read(MLP % element)
    assert is_in_vaslui(report)
    assert (report.caller, report.result_code) == ("+40721234567", "6")


@pytest.mark.parametrize(
    "text",
    [
        "226-01-65534-5678", "226-01-65535-5678", "226-01-0-5678", "226-01-1234-65535",
        "226-01-1234-0", "226-01-0-0", "226-01-65535-65535", "226-01-65534-0", "226-05-268435455",
        "226-05-0", "226-05-65535-268435455", "226-05-65534-26034200", "ecgi:226-05-65535-26034200",
        "ecgi:226-05-16777215-26034200", "226-05-2147483647", "226-05-4294967295",
        "226-10-68719476735", "ncgi:226-10-0", "sai:226-01-65534-5678", "sai:226-01-1234-65535",
        "000-00-1-1", "999-99-1234-5678",
    ],
)  # fmt: skip
def test_a_number_that_stands_for_no_cell_is_not_looked_up(text: str) -> None:
    report = read(text)
    assert report.shape is None
    assert {"no_cell", "ask_caller"} <= codes(report)


# ── IMS ───────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(
    ("headers", "told_by"),
    [
        (f"{ACCESS}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={LTE_ID};network-provided", "network"),
        (f'{ACCESS}: 3GPP-E-UTRAN-FDD; utran-cell-id-3gpp="{LTE_ID}"; network-provided', "network"),
        (f"{ACCESS}: 3GPP-E-UTRAN-TDD;utran-cell-id-3gpp={LTE_ID.lower()}", "phone"),
        (f"{ACCESS}: 3GPP-E-UTRAN;utran-cell-id-3gpp={LTE_ID};local-time-zone=x", "phone"),
        (f"{ACCESS}: 3GPP-UTRAN-FDD;utran-cell-id-3gpp={UTRAN_ID}", "phone"),
        (f"{ACCESS}: 3GPP-UTRAN-TDD; utran-cell-id-3gpp={UTRAN_ID}; network-provided", "network"),
        (f"{ACCESS}: 3GPP-UTRAN-FDD;utran-sai-3gpp=2260104D2162F;network-provided", "network"),
        (f"{ACCESS}: 3GPP-GERAN;cgi-3gpp={GSM_ID}", "phone"),
        (f'{ACCESS}: 3GPP-GERAN; cgi-3gpp="{GSM_ID}"; np', "network"),
        (f"{ACCESS}: 3GPP-NR-FDD;utran-cell-id-3gpp={NR_ID};network-provided", "network"),
        (f"{ACCESS}: 3GPP-NR;nr-cell-id-3gpp={NR_ID}", "phone"),
        (f"{LAST}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={LTE_ID};cell-info-age=5", "last_cell"),
        (f"{LAST}: 3GPP-GERAN;cgi-3gpp={GSM_ID};cell-info-age=900", "last_cell"),
        (f"{ACCESS}: IEEE-802.11;i-wlan-node-id=aabbccddeeff\r\n{LAST}: 3GPP-E-UTRAN-FDD;"
         f"utran-cell-id-3gpp={LTE_ID};cell-info-age=60", "last_cell"),
        (f"{ACCESS}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={OTHER}, 3GPP-E-UTRAN-FDD;"
         f"utran-cell-id-3gpp={LTE_ID};network-provided", "network"),
        (f"{ACCESS}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={OTHER}\r\n{ACCESS}: 3GPP-E-UTRAN-FDD;"
         f"network-provided;utran-cell-id-3gpp={LTE_ID}", "network"),
        (f"{LAST}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={OTHER}\r\n"
         f"{ACCESS}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={LTE_ID}", "phone"),
        (f'{ACCESS}: 3GPP-E-UTRAN-FDD;operator-specific-GI="a,b;c";utran-cell-id-3gpp={LTE_ID}',
         "phone"),
        (f"{ACCESS.lower()} : 3gpp-e-utran-fdd ; UTRAN-CELL-ID-3GPP = {LTE_ID}", "phone"),
        (f"{ACCESS}: 3GPP-E-UTRAN-FDD;\r\n utran-cell-id-3gpp={LTE_ID}", "phone"),
        (f"{ACCESS}: 3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={OTHER};network-provided, "
         f"3GPP-E-UTRAN-FDD;utran-cell-id-3gpp={LTE_ID}", "network"),
    ],
)  # fmt: skip
def test_the_cell_that_an_ims_network_names_is_a_place(headers: str, told_by: str) -> None:
    report = read(SIP % headers)
    assert is_in_vaslui(report)
    assert report.extras["cell_from"] == told_by
    assert ("cell_from_phone" in codes(report)) == (told_by != "network")


@pytest.mark.parametrize(
    "value",
    [
        "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=xyz", "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=",
        "3GPP-E-UTRAN-FDD", "IEEE-802.11", "3GPP-GERAN;cgi-3gpp=226", "", ";;;", ",,,", '"',
        "3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=22605FFFFFFFFFFF", "ADSL;dsl-location=1",
        "3GPP-GERAN;cgi-3gpp=22601FFFE162E", "3GPP-NR;utran-cell-id-3gpp=" + "9" * 300,
    ],
)  # fmt: skip
def test_a_header_that_names_no_cell_leaves_the_call(value: str) -> None:
    report = read(SIP % f"{ACCESS}: {value}")
    assert (report.shape, report.caller) == (None, "+40721234567")
    assert codes(report) & {"no_location", "ask_caller"}


def test_a_place_in_the_body_counts_before_the_cell() -> None:
    header = f"{ACCESS}: 3GPP-GERAN;cgi-3gpp={GSM_ID}"
    report = read(SIP % f"{header}\r\nGeolocation: <https://lis.example.ro/1>")
    assert report.extras["location_uri"] == "https://lis.example.ro/1"
    assert report.extras["cell"] == "226-01-1234-5678"


def test_the_visited_network_is_a_note() -> None:
    report = read(SIP % 'P-Visited-Network-ID: "Visited network number 1"')
    assert report.extras["visited_network"] == "Visited network number 1"
    assert report.shape is None
