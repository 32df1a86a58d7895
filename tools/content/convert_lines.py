"""Turns the collected list of crisis lines (one YAML file) into one file a country for `holdfast/content/data/lines`.

Usage: ``python tools/content/convert_lines.py COLLECTED.yml [--force]``

Run once when the collection was made; since then the country files are the truth and are edited by hand (see
docs/content.md). A file that exists is left alone unless ``--force`` is given, because hand-made corrections would be
lost. What the conversion does: hours become data (``HOURS`` below holds what was read by hand out of free text, always
the narrower reading where sources differ); the free-form list of verified fields becomes the closed vocabulary of
`lines.schema.json`; the further emergency numbers become a list with a purpose; languages become codes.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

import yaml

OUT = Path(__file__).resolve().parents[2] / "holdfast" / "content" / "data" / "lines"
WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

#: Country names: how they stand after "in", English and Spanish.
NAMES = {
    "US": ("the United States", "Estados Unidos"), "PR": ("Puerto Rico", "Puerto Rico"), "CA": ("Canada", "Canadá"),
    "MX": ("Mexico", "México"), "GB": ("the United Kingdom", "Reino Unido"), "IE": ("Ireland", "Irlanda"),
    "AU": ("Australia", "Australia"), "NZ": ("New Zealand", "Nueva Zelanda"), "IN": ("India", "India"),
    "DE": ("Germany", "Alemania"), "AT": ("Austria", "Austria"), "CH": ("Switzerland", "Suiza"),
    "FR": ("France", "Francia"), "BE": ("Belgium", "Bélgica"), "NL": ("the Netherlands", "Países Bajos"),
    "LU": ("Luxembourg", "Luxemburgo"), "ES": ("Spain", "España"), "PT": ("Portugal", "Portugal"),
    "IT": ("Italy", "Italia"), "MT": ("Malta", "Malta"), "GR": ("Greece", "Grecia"), "CY": ("Cyprus", "Chipre"),
    "PL": ("Poland", "Polonia"), "CZ": ("Czechia", "Chequia"), "SK": ("Slovakia", "Eslovaquia"),
    "HU": ("Hungary", "Hungría"), "RO": ("Romania", "Rumania"), "HR": ("Croatia", "Croacia"),
    "SI": ("Slovenia", "Eslovenia"), "RS": ("Serbia", "Serbia"), "SE": ("Sweden", "Suecia"),
    "NO": ("Norway", "Noruega"), "DK": ("Denmark", "Dinamarca"), "FI": ("Finland", "Finlandia"),
    "IS": ("Iceland", "Islandia"), "EE": ("Estonia", "Estonia"), "LV": ("Latvia", "Letonia"),
    "LT": ("Lithuania", "Lituania"), "UA": ("Ukraine", "Ucrania"), "TR": ("Türkiye", "Turquía"),
    "BG": ("Bulgaria", "Bulgaria"), "IL": ("Israel", "Israel"), "ZA": ("South Africa", "Sudáfrica"),
    "KE": ("Kenya", "Kenia"), "NG": ("Nigeria", "Nigeria"), "GH": ("Ghana", "Ghana"), "EG": ("Egypt", "Egipto"),
    "AE": ("the United Arab Emirates", "Emiratos Árabes Unidos"), "SA": ("Saudi Arabia", "Arabia Saudita"),
    "JP": ("Japan", "Japón"), "KR": ("South Korea", "Corea del Sur"), "CN": ("mainland China", "China continental"),
    "HK": ("Hong Kong", "Hong Kong"), "MO": ("Macao", "Macao"), "TW": ("Taiwan", "Taiwán"),
    "SG": ("Singapore", "Singapur"), "MY": ("Malaysia", "Malasia"), "PH": ("the Philippines", "Filipinas"),
    "ID": ("Indonesia", "Indonesia"), "TH": ("Thailand", "Tailandia"), "VN": ("Viet Nam", "Vietnam"),
    "LK": ("Sri Lanka", "Sri Lanka"), "PK": ("Pakistan", "Pakistán"), "BD": ("Bangladesh", "Bangladés"),
    "NP": ("Nepal", "Nepal"), "BR": ("Brazil", "Brasil"), "AR": ("Argentina", "Argentina"), "CL": ("Chile", "Chile"),
    "CO": ("Colombia", "Colombia"), "PE": ("Peru", "Perú"), "UY": ("Uruguay", "Uruguay"), "EC": ("Ecuador", "Ecuador"),
    "JM": ("Jamaica", "Jamaica"), "TT": ("Trinidad and Tobago", "Trinidad y Tobago"),
}  # fmt: skip


def _spans(zone: str, *spans: tuple[list[str], str, str]) -> dict:
    return {"spans": [{"days": days, "from": start, "to": end} for days, start, end in spans], "timezone": zone}


#: Hours read by hand out of the collection's free text. Where sources differ, the hours that all of them allow.
HOURS = {
    "us-translifeline": _spans("America/Los_Angeles", (WEEK[:5], "10:00", "18:00")),
    "fr-fsj": _spans("Europe/Paris", (WEEK, "09:00", "23:00")),
    "lu-sos": _spans("Europe/Luxembourg", (WEEK, "11:00", "23:00")),
    "pt-vozamiga": _spans("Europe/Lisbon", (WEEK, "15:30", "00:30")),
    "it-tai": _spans("Europe/Rome", (WEEK, "09:00", "24:00")),
    "it-sam": _spans("Europe/Rome", (WEEK, "13:00", "22:00")),
    "cy-sam": _spans("Asia/Nicosia", (WEEK, "16:00", "24:00")),
    "cz-116123": _spans("Europe/Prague", (WEEK[:5], "00:00", "24:00")),
    "rs-srce": _spans("Europe/Belgrade", (WEEK, "14:00", "23:00")),
    "ee-116123": _spans("Europe/Tallinn", (WEEK, "10:00", "24:00")),
    "il-sahar": _spans("Asia/Jerusalem", (["sun", *WEEK[:4]], "16:00", "24:00"), (["sat"], "18:00", "24:00")),
    "ae-hope": _spans("Asia/Dubai", (WEEK, "08:00", "20:00")),
    "ae-ehs": _spans("Asia/Dubai", (WEEK, "09:00", "21:00")),
    "jp-inochisos": _spans(
        "Asia/Tokyo", (["mon", "thu", "fri"], "00:00", "24:00"), (["tue", "wed", "sat", "sun"], "06:00", "24:00")
    ),
    "jp-inochi": _spans("Asia/Tokyo", (WEEK, "16:00", "21:00")),
    "my-heal": _spans("Asia/Kuala_Lumpur", (WEEK, "08:00", "24:00")),
    "vn-ngaymai": _spans("Asia/Ho_Chi_Minh", (WEEK[2:], "13:00", "20:30")),
    "ar-cas": _spans("America/Argentina/Buenos_Aires", (WEEK, "08:00", "24:00")),
    "ec-171": _spans("America/Guayaquil", (WEEK, "07:00", "20:00")),
}

#: What the free-form entries of verified_fields stand for; what is not here goes to the notes.
VERIFIED = {
    "phone": {"phone"}, "phone (as letters)": {"phone"}, "phone option 2": {"phone"}, "phone option 4": {"phone"},
    "phone option 5": {"phone"}, "phone option 6": {"phone"}, "1-800-273-8255 from a videophone": {"phone"},
    "text": {"text"}, "SMS 31393 (broadcaster)": {"text"}, "text keyword": {"text", "keyword"}, "keyword": {"keyword"},
    "keyword CONNECT": {"keyword"}, "chat": {"chat"}, "chat exists": {"chat_exists"}, "online exists": {"chat_exists"},
    "chat and mail exist": {"chat_exists"}, "chat/messenger exists": {"chat_exists"},
    "online counselling exists": {"chat_exists"}, "hours": {"hours"}, "hours (2021)": {"hours"},
    "hours (2024)": {"hours"}, "hours (2026)": {"hours"}, "hours (text)": {"hours"}, "hours of 2022": {"hours"},
    "hours 11:00-23:00 (2015)": {"hours"}, "hours (24/7 since 2023, news of 2025-02)": {"hours"},
    "hours (nonstop since 2019; cut in Dec 2024, see notes)": {"hours"}, "WhatsApp": {"whatsapp"},
    "whatsapp": {"whatsapp"}, "languages": {"languages"}, "audience": {"audience"}, "all ages": {"audience"},
    "free": {"free"}, "free call": {"free"}, "freephone": {"free"}, "toll-free": {"free"}, "free text": {"free"},
    "free nationwide": {"free"}, "free counselling": {"free"}, "free, confidential": {"free"},
    "anonymous": {"anonymous"}, "free, anonymous": {"free", "anonymous"}, "mobile only": {"phone"},
    "healing119.id reactivated 2025-07-31": {"chat_exists"},
}  # fmt: skip
ORDER = [
    "phone",
    "text",
    "keyword",
    "chat",
    "chat_exists",
    "hours",
    "whatsapp",
    "languages",
    "audience",
    "free",
    "anonymous",
]
PURPOSES = {
    "police": "police",
    "ambulance": "ambulance",
    "medical": "ambulance",
    "doctor": "doctor",
    "clinic": "doctor",
    "deaf": "deaf",
}
#: Kinds that serve everybody, or everybody in a situation that the card knows of; the others are for a group of people.
OPEN_TO_ALL = {
    "suicide-crisis", "crisis", "text-crisis", "chat", "poison", "abuse", "minors", "youth", "minors-abuse", "veterans",
    "deaf",
}  # fmt: skip


def convert(country: dict, collected: str) -> dict:
    """One country of the collection in the shape of `lines.schema.json`."""
    english, spanish = NAMES[country["code"]]
    return {
        "code": country["code"],
        "name": {"en": english, "es": spanish},
        "collected": collected,
        "emergency": {
            "display": country["emergency"]["all"],
            "tel": country["emergency"]["tel"],
            "also": _also(country["emergency"].get("also", "")),
            "confidence": country["emergency_confidence"],
            "source": country.get("emergency_source"),
        },
        "lines": [_line(line) for line in country["lines"]],
        "notes": country.get("notes"),
    }


def _also(text: str) -> list[dict]:
    entries = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        match = re.match(r"(\d[\d ]*)\s*(.*)", part)
        if not match:
            continue
        number, purpose = match.group(1).strip(), match.group(2).lower()
        kind = next((name for word, name in PURPOSES.items() if word in purpose), "regional" if purpose else "general")
        entries.append({"display": number, "tel": "tel:" + number.replace(" ", ""), "for": kind})
    return entries


def _line(line: dict) -> dict:
    verified: set[str] = set()
    unmapped = []
    for field in line.get("verified_fields") or []:
        if field in VERIFIED:
            verified |= VERIFIED[field]
        else:
            unmapped.append(field)
    codes = [word for word in line["languages"] if re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", word)]
    codes += [match.group(1) for word in line["languages"] if (match := re.match(r"([a-z]{2}) \(", word))]
    other = [word for word in line["languages"] if word not in codes and word not in {"others", "regional"}]
    notes = [line.get("notes"), f"Also read in the source: {', '.join(unmapped)}." if unmapped else None]
    if other:
        notes.append(f"Languages as collected: {', '.join(line['languages'])}.")
    whatsapp = str(line.get("whatsapp") or "")
    number = re.search(r"\+?\d[\d ]{6,}", whatsapp)
    return {
        "id": line["id"],
        "name": line["name"],
        "kind": line["kind"],
        "primary": bool(line.get("primary")),
        "serves": "everyone" if line["kind"] in OPEN_TO_ALL else "group",
        "audience": {"en": line["audience"], "es": line["audience"]} if line.get("audience") else None,
        "phone": _phone(line.get("phone")),
        "text": _text(line.get("text")),
        "chat_url": line.get("chat_url"),
        "whatsapp": number.group(0).strip() if number else None,
        "hours": _hours(line, verified),
        "languages": codes,
        "note": None,
        "verified": [field for field in ORDER if field in verified],
        "confidence": line["confidence"],
        "source": line["source"],
        "source_kind": line["source_kind"],
        "source_date": str(line["source_date"]),
        "checked_on": None,
        "checked_by": None,
        "next_check": None,
        "notes": " ".join(filter(None, notes)) or None,
    }


def _phone(phone: dict | None) -> dict | None:
    if not phone:
        return None
    return {"display": phone["display"], "tel": phone["tel"], "from_abroad": phone.get("tel_from_abroad")}


def _text(text: dict | None) -> dict | None:
    if not text:
        return None
    number = "sms:" + re.sub(r"[ -]", "", text["sms"].removeprefix("sms:"))
    return {"number": text["number"], "sms": number, "keyword": text.get("keyword")}


def _hours(line: dict, verified: set[str]) -> dict:
    original = str(line.get("hours") or "not stated")
    if "hours" not in verified:
        return {"unknown": True, "original": original}
    if line["id"] in HOURS:
        return {**HOURS[line["id"]], "original": original}
    if original.startswith("24/7"):
        return {"always": True, "original": original}
    raise SystemExit(f"{line['id']}: hours {original!r} are verified but not understood. Add the line to HOURS.")


def main() -> None:
    """Writes a file for each country of the collection given on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("collected", type=Path, help="the collected list (YAML with meta and countries)")
    parser.add_argument("--force", action="store_true", help="overwrite country files that exist")
    options = parser.parse_args()
    source = yaml.safe_load(options.collected.read_text(encoding="utf-8"))
    OUT.mkdir(parents=True, exist_ok=True)
    for country in source["countries"]:
        file = OUT / f"{country['code']}.yml"
        if file.exists() and not options.force:
            print(f"{file.name}: exists, left alone", file=sys.stderr)
            continue
        content = convert(country, source["meta"]["collected"])
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=118, default_flow_style=None)
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
