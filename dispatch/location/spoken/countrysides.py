"""
What people call parts of the country beside its counties: the Delta, Valea Jiului, Apuseni.

Each stands for the counties over which it lies; of several the caller is asked which.
"""

COUNTRYSIDES: dict[str, tuple[str, tuple[str, ...]]] = {
    "delta dunarii": ("Delta Dunării", ("TL",)),
    "delta": ("Delta Dunării", ("TL",)),
    "valea jiului": ("Valea Jiului", ("HD",)),
    "maramuresul istoric": ("Maramureșul istoric", ("MM",)),
    "maramures istoric": ("Maramureșul istoric", ("MM",)),
    "tara maramuresului": ("Maramureșul istoric", ("MM",)),
    "tara hategului": ("Țara Hațegului", ("HD",)),
    "tinutul padurenilor": ("Ținutul Pădurenilor", ("HD",)),
    "apuseni": ("Munții Apuseni", ("AB", "AR", "BH", "CJ", "HD")),
    "muntii apuseni": ("Munții Apuseni", ("AB", "AR", "BH", "CJ", "HD")),
    "tara motilor": ("Țara Moților", ("AB", "CJ", "HD")),
    "tara zarandului": ("Țara Zarandului", ("AR", "HD")),
    "tara oasului": ("Țara Oașului", ("SM",)),
    "tara lapusului": ("Țara Lăpușului", ("MM",)),
    "tara chioarului": ("Țara Chioarului", ("MM",)),
    "tara codrului": ("Țara Codrului", ("MM", "SJ", "SM")),
    "tara nasaudului": ("Țara Năsăudului", ("BN",)),
    "tara fagarasului": ("Țara Făgărașului", ("BV", "SB")),
    "tara oltului": ("Țara Făgărașului", ("BV", "SB")),
    "tara barsei": ("Țara Bârsei", ("BV",)),
    "tara lovistei": ("Țara Loviștei", ("AG", "VL")),
    "tara vrancei": ("Țara Vrancei", ("VN",)),
    "tara dornelor": ("Țara Dornelor", ("SV",)),
    "tara beiusului": ("Țara Beiușului", ("BH",)),
    "tara crisurilor": ("Țara Crișurilor", ("BH", "AR")),
    "tinutul neamtului": ("Ținutul Neamțului", ("NT",)),
    "tinutul secuiesc": ("Ținutul Secuiesc", ("CV", "HR", "MS")),
    "secuime": ("Ținutul Secuiesc", ("CV", "HR", "MS")),
    "marginimea sibiului": ("Mărginimea Sibiului", ("SB",)),
    "valea hartibaciului": ("Valea Hârtibaciului", ("SB",)),
    "valea prahovei": ("Valea Prahovei", ("PH",)),
    "valea almajului": ("Valea Almăjului", ("CS",)),
    "clisura dunarii": ("Clisura Dunării", ("CS", "MH")),
    "valea oltului": ("Valea Oltului", ("SB", "VL")),
    "valea muresului": ("Valea Mureșului", ("AB", "AR", "HD", "MS")),
    "bucovina": ("Bucovina", ("SV",)),
    "dobrogea": ("Dobrogea", ("CT", "TL")),
    "litoral": ("litoralul", ("CT",)),
    "baragan": ("Bărăganul", ("BR", "CL", "IL")),
    "banat": ("Banatul", ("AR", "CS", "MH", "TM")),
    "crisana": ("Crișana", ("AR", "BH", "SJ", "SM")),
    "oltenia": ("Oltenia", ("DJ", "GJ", "MH", "OT", "VL")),
    "muntenia": ("Muntenia", ("AG", "BR", "BZ", "CL", "DB", "GR", "IF", "IL", "PH", "TR")),
    "moldova": ("Moldova", ("BC", "BT", "GL", "IS", "NT", "SV", "VN", "VS")),
    "ardeal": (
        "Ardealul",
        ("AB", "BN", "BV", "CJ", "CV", "HD", "HR", "MS", "SB", "SJ"),
    ),
    "transilvania": (
        "Transilvania",
        ("AB", "BN", "BV", "CJ", "CV", "HD", "HR", "MS", "SB", "SJ"),
    ),
}
"""By folded name: how it is written, and its counties."""

BENT = {
    "banatul": "banat", "banatului": "banat", "ardealul": "ardeal", "ardealului": "ardeal",
    "baraganul": "baragan", "baraganului": "baragan", "litoralul": "litoral",
    "litoralului": "litoral", "bucovinei": "bucovina", "dobrogei": "dobrogea",
    "apusenilor": "apuseni", "deltei": "delta",
}  # fmt: skip
"""Other forms of a countryside's name."""
