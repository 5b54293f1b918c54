"""
The 47 jurisdictions by code: 41 counties (vehicle-plate codes) and 6 sectors of Bucharest.

Names are official Romanian with comma-below diacritics.
Source: SIRUTA 2024 register, data.gov.ro, OGL-ROU 1.0.
"""

SECTORS = ("B1", "B2", "B3", "B4", "B5", "B6")

COUNTY_NAMES = {
    "AB": "Alba",
    "AG": "Argeș",
    "AR": "Arad",
    "BC": "Bacău",
    "BH": "Bihor",
    "BN": "Bistrița-Năsăud",
    "BR": "Brăila",
    "BT": "Botoșani",
    "BV": "Brașov",
    "BZ": "Buzău",
    "CJ": "Cluj",
    "CL": "Călărași",
    "CS": "Caraș-Severin",
    "CT": "Constanța",
    "CV": "Covasna",
    "DB": "Dâmbovița",
    "DJ": "Dolj",
    "GJ": "Gorj",
    "GL": "Galați",
    "GR": "Giurgiu",
    "HD": "Hunedoara",
    "HR": "Harghita",
    "IF": "Ilfov",
    "IL": "Ialomița",
    "IS": "Iași",
    "MH": "Mehedinți",
    "MM": "Maramureș",
    "MS": "Mureș",
    "NT": "Neamț",
    "OT": "Olt",
    "PH": "Prahova",
    "SB": "Sibiu",
    "SJ": "Sălaj",
    "SM": "Satu Mare",
    "SV": "Suceava",
    "TL": "Tulcea",
    "TM": "Timiș",
    "TR": "Teleorman",
    "VL": "Vâlcea",
    "VN": "Vrancea",
    "VS": "Vaslui",
}

NAMES = dict(
    sorted({**COUNTY_NAMES, **{s: f"București, Sectorul {s[1]}" for s in SECTORS}}.items())
)

CODES = tuple(NAMES)
