"""Numbers as people type them: `1 200,5`, `1,200.5`, `12 %`, `≈150 kWh`, `€40`, `минус 5`, `1½`.

A mark that could be a decimal sign or a thousands sign is decided by where it stands; what cannot
be decided is read the way that suits the expected answer (`readings` gives both).
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

READ_CHARS = 64
"""More is not a number."""

_DIGITS_AT_MOST = 30
_WORD_CHARS = 3
"""A unit of fewer letters is a sign: `ms` is not the plural of `m`."""
_NUMBER = re.compile(
    r"(?P<sign>[+-])?[ ]?"
    r"(?P<digits>\d{1,3}(?:[ '’\u00a0\u2007\u2009\u202f]\d{3})+(?!\d)(?:[.,]\d+)?|\d[\d.,]*\d|\d|[.,]\d+)"
    r"(?:[eE](?P<power>[+-]?\d{1,2})(?![^\W_]))?"
)
_ABOUT = re.compile(
    r"^(?:about|around|approximately|approx|ca|circa|roughly|около|примерно|приблизно|ойролцоогоор)\b\.?",
    re.IGNORECASE,
)
_ABOUT_AFTER = re.compile(
    r"(?:\s+(?:or so|approximately|approx|орчим|шахам|гаруй|байна|болно)\b)+[\s.]*$", re.IGNORECASE
)
_MINUS = re.compile(r"^(?:minus|negative|минус|мінус|хасах)\s+(?=[\d.,])", re.IGNORECASE)
_SPACES = re.compile(r"[ '’\u00a0\u2007\u2009\u202f]")
_FRACTION = re.compile(
    r"(?P<sign>[+-])?\s*(?:(?P<whole>\d{1,9})\s+)?(?P<above>\d{1,9})\s*/\s*(?P<below>\d{1,9})(?![\d.,/])"
    r"\s*(?P<unit>\D{0,40})"
)
_FRACTION_SIGNS = re.compile(r"(?P<whole>\d?)(?P<sign>[¼-¾⅐-⅞])")
_WRAPPING = " \t\n\"'«»“”„()[]:;!?"
_SIGNS = str.maketrans(
    {
        # Minus signs and the dashes that phones make of them.
        **dict.fromkeys("−–‐‑‒﹣－", "-"),
        "＋": "+",
        # Arabic decimal and thousands separators, and what full-width keyboards type.
        "٫": ".",
        "٬": ",",
        "．": ".",
        "，": ",",
        "％": "%",
        "\u3000": " ",
        "⁄": "/",
    }
)

_UNITS = (
    (
        "kwh",
        "kilowatt hour",
        "kilowatt hours",
        "квтц",
        "квт/ц",
        "квт цаг",
        "квт/цаг",
        "квтч",
        "квтгод",
        "киловатт цаг",
    ),
    ("wh", "watt hour", "watt hours", "втц", "вт/ц", "вт цаг", "вт/цаг", "втч"),
    ("mwh", "megawatt hour", "megawatt hours", "мвтц", "мвт/ц", "мвт цаг", "мвт/цаг", "мвтч"),
    ("kw", "kilowatt", "kilowatts", "квт"),
    ("w", "watt", "watts", "вт"),
    ("%", "percent", "per cent", "хувь", "процент", "процентов", "відсотків"),
    ("°c", "c", "degree", "degrees", "degrees c", "degrees celsius", "celsius", "градус", "хэм"),
    ("min", "mins", "minute", "minutes", "минут", "мин", "хв"),
    ("h", "hr", "hrs", "hour", "hours", "цаг", "час", "часов", "год"),
    ("s", "sec", "second", "seconds", "секунд", "сек"),
    ("d", "day", "days", "өдөр", "хоног"),
    ("week", "weeks", "долоо хоног"),
    ("month", "months", "сар"),
    ("year", "years", "жил"),
    ("gcal", "gigacalorie", "gigacalories", "гкал", "гигакалори"),
    ("gj", "gigajoule", "gigajoules", "гж", "гигажоуль"),
    ("mj", "megajoule", "megajoules", "мж", "мегажоуль"),
    ("lx", "lux", "лк", "люкс"),
    ("person", "people", "persons", "хүн"),
    ("€", "eur", "euro", "euros", "евро"),
    ("$", "usd", "dollar", "dollars"),
    ("₮", "mnt", "tugrik", "tugriks", "төгрөг"),
    ("g", "gram", "grams", "г", "гр", "грамм"),
    ("kg", "kilo", "kilos", "kilogram", "kilograms", "кг"),
    ("t", "ton", "tons", "tonne", "tonnes", "тонн", "тн"),
    ("l", "liter", "liters", "litre", "litres", "литр"),
    ("km", "kilometre", "kilometres", "kilometer", "kilometers", "км", "километр"),
    ("cm", "centimetre", "centimetres", "centimeter", "centimeters", "см", "сантиметр"),
    ("mm", "millimetre", "millimetres", "millimeter", "millimeters", "мм", "миллиметр"),
    ("m", "metre", "metres", "meter", "meters", "м", "метр"),
    ("m2", "sq m", "square metre", "square metres", "square meter", "square meters", "м2"),
    ("m3", "cubic metre", "cubic metres", "cubic meter", "cubic meters", "м3"),
)
_CURRENCIES = frozenset({"€", "$", "₮", "£", "₴", "¥", "EUR", "USD", "MNT"})
_CANONICAL = {name.replace(" ", ""): names[0] for names in _UNITS for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadNumber:
    """A number found in what was typed."""

    readings: tuple[Decimal, ...]
    """One, or two when `1.200` could be 1200 or 1.2; the likelier first."""
    unit: str
    """What stands before or after the number, as typed; empty when nothing does."""


def read_number(typed: str) -> ReadNumber | None:
    """Return the one number in a typed answer, or None when there is none, or more than one."""
    if len(typed) > READ_CHARS * 4:
        return None
    text = _western(typed.strip(_WRAPPING))
    if len(text) > READ_CHARS:
        return None
    text = _ABOUT.sub("", text.lstrip("≈~=<>≤≥± "))
    text = _MINUS.sub("-", _ABOUT_AFTER.sub("", text).strip())
    if fraction := _FRACTION.fullmatch(text):
        return _divided(fraction)
    found = _NUMBER.search(text)
    if found is None:
        return None
    before, after = text[: found.start()].strip(), text[found.end() :].strip().rstrip(".,;:!? ")
    # `1 200,5` has been read whole by now, so another digit is another number; m² and CO2 are units.
    if any(char.isdigit() for char in before) or re.search(r"(?<![^\W\d_])\d", after):
        return None
    # Before a number stands a currency sign or nothing: "not 5" is not read as 5.
    if before and (after or before not in _CURRENCIES):
        return None
    if len(found["digits"]) > _DIGITS_AT_MOST:
        return None
    minus = -1 if found["sign"] == "-" else 1
    power = Decimal(10) ** int(found["power"] or 0)
    values = tuple(minus * value * power for value in _readings(found["digits"]))
    return ReadNumber(readings=values, unit=after or before) if values else None


def same_unit(one: str, other: str) -> bool:
    """Tell whether two units are the same one: `kWh`, `kwh`, `кВт·ц` and `kilowatt hours` are.

    Of words we do not know, one and many are the same: `tree` and `trees`.
    """
    left, right = _unit(one), _unit(other)
    if min(len(left), len(right)) < _WORD_CHARS:
        return left == right
    return left.removesuffix("s") == right.removesuffix("s")


def in_words(value: Decimal, unit: str = "") -> str:
    """Return a number as it is shown, without needless zeros: `150 kWh`, `12 %`, `0.5`."""
    plain = f"{value.normalize():f}" if value else "0"
    return f"{plain} {unit}".rstrip()


def _unit(text: str) -> str:
    simple = unicodedata.normalize("NFKC", text).casefold().replace("˚", "°").replace("º", "°")
    kept = "".join(char for char in simple if char not in " .·∙⋅•*-\u00a0\u202f")
    return _CANONICAL.get(kept, kept)


def _western(text: str) -> str:
    """Return the text with digits and signs of every script as ours: `１５０` → `150`, `1½` → `1 1/2`.

    Superscripts stay, they belong to units.
    """
    ours = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return _FRACTION_SIGNS.sub(_spelt_out, ours).translate(_SIGNS)


def _spelt_out(found: re.Match[str]) -> str:
    fraction = unicodedata.normalize("NFKC", found["sign"])
    return f"{found['whole']} {fraction}" if found["whole"] else fraction


def _divided(found: re.Match[str]) -> ReadNumber | None:
    above, below = int(found["above"]), int(found["below"])
    if not below:
        return None
    # Nine digits, as many as an author may write: a third has no last one.
    value = round(int(found["whole"] or 0) + Decimal(above) / below, 9)
    unit = found["unit"].strip().rstrip(".,;:!? ")
    return ReadNumber(readings=(-value if found["sign"] == "-" else value,), unit=unit)


def _readings(digits: str) -> tuple[Decimal, ...]:
    bare = _SPACES.sub("", digits)
    commas, dots = bare.count(","), bare.count(".")
    if commas and dots:
        # The sign further right is the decimal one, and it stands once.
        decimal, thousands = (",", ".") if bare.rfind(",") > bare.rfind(".") else (".", ",")
        if bare.count(decimal) > 1:
            return ()
        return (Decimal(bare.replace(thousands, "").replace(decimal, ".")),)
    if commas + dots == 0:
        return (Decimal(bare),)
    sign = "," if commas else "."
    head, *groups = bare.split(sign)
    looks_grouped = all(len(group) == 3 for group in groups) and 1 <= len(head) <= 3 and head != "0"
    if len(groups) > 1:
        return (Decimal("".join((head, *groups))),) if looks_grouped else ()
    as_decimal = Decimal(f"{head or '0'}.{groups[0] or '0'}")
    if not looks_grouped:
        return (as_decimal,)
    as_grouped = Decimal(head + groups[0])
    return (as_grouped, as_decimal) if sign == "," else (as_decimal, as_grouped)
