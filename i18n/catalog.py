"""Words in the reader's language: a translator per language, passed on, never global.

One loop serves many languages at once, so nothing here remembers "the current language".
Catalogues are PO files read as they are: there is nothing to compile and nothing to forget.
"""

from datetime import datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from unicodedata import bidirectional
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, get_timezone_location
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

SOURCE_LANGUAGE = "en"


class Words:
    """Says things in one language; falls back to English word by word."""

    def __init__(self, language: str, catalog: Catalog | None) -> None:
        self.language = language
        self._catalog = catalog
        self._locale = _locale(language)

    def __call__(self, text: str, /, **values: object) -> str:
        """Return `text` in this language with `{name}` filled in from `values`.

        `text` is the English sentence itself, so a missing translation is still a sentence.
        """
        return _filled(self._translated(text), values, source=text)

    def plural(self, one: str, many: str, /, *, n: int, **values: object) -> str:
        """Return the form for `n`, which also fills `{n}`."""
        fallback = one if n == 1 else many
        translated = fallback
        message = self._catalog.get(one) if self._catalog is not None else None
        if message is not None and isinstance(message.string, tuple):
            # A catalogue may know fewer forms than CLDR, whose last one is for fractions or millions.
            form = min(self._locale_plural(n), len(message.string) - 1)
            translated = message.string[form] or fallback
        return _filled(translated, {"n": n, **values}, source=fallback)

    def _translated(self, text: str) -> str:
        message = self._catalog.get(text) if self._catalog is not None else None
        if message is None or not isinstance(message.string, str):
            return text
        return message.string or text

    def _locale_plural(self, n: int) -> int:
        # The CLDR rule, not the catalogue's header: common tools write wrong headers for mk, tr, hu.
        rule = self._locale.plural_form
        names = [tag for tag in ("zero", "one", "two", "few", "many") if tag in rule.tags]
        tag = rule(n)
        return names.index(tag) if tag in names else len(names)

    def days(self, weekdays: tuple[int, ...]) -> str:
        """Return "workdays", "every day", or the days by name; 0 = Monday."""
        if tuple(weekdays) == (0, 1, 2, 3, 4):
            return self("workdays")
        if tuple(weekdays) == (0, 1, 2, 3, 4, 5, 6):
            return self("every day")
        if len(weekdays) == 1:
            return str(self._locale.days["format"]["wide"][weekdays[0]])
        short = self._locale.days["format"]["abbreviated"]
        return ", ".join(short[day] for day in weekdays)

    def day_name(self, weekday: int) -> str:
        """Return the short name of a weekday, 0 = Monday."""
        return str(self._locale.days["stand-alone"]["abbreviated"][weekday])

    def clock(self, moment: datetime | time, *, zone: str = "UTC") -> str:
        """Return `HH:MM`; a moment is shown in `zone`."""
        if isinstance(moment, datetime):
            moment = moment.astimezone(ZoneInfo(zone)).time()
        return f"{moment:%H:%M}"

    def when(self, moment: datetime, *, zone: str, now: datetime) -> str:
        """Return "today 09:00", "tomorrow 09:00" or "Wednesday 3 December, 09:00" in `zone`."""
        local = moment.astimezone(ZoneInfo(zone))
        today = now.astimezone(ZoneInfo(zone)).date()
        if local.date() == today:
            return self("today {time}", time=self.clock(local.time()))
        if local.date() == today + timedelta(days=1):
            return self("tomorrow {time}", time=self.clock(local.time()))
        return f"{self.date(moment, zone=zone)}, {self.clock(local.time())}"

    def date(self, moment: datetime, *, zone: str) -> str:
        """Return "Wednesday 3 December" in `zone`; in Mongolian "12-р сарын 3, лхагва"."""
        local = moment.astimezone(ZoneInfo(zone)).date()
        # Mongolian months are numbers; written out they fill a line ("арван хоёрдугаар сарын").
        pattern = "MMM'ын' d, EEEE" if self.language.startswith("mn") else "EEEE d MMMM"
        return format_date(local, pattern, locale=self._locale)

    def number(self, value: float) -> str:
        """Return a number as it is written in this language."""
        return format_decimal(value, locale=self._locale)

    def list(self, items: tuple[str, ...]) -> str:
        """Return "a, b and c"."""
        return format_list(items, locale=self._locale)

    def city(self, zone: str) -> str:
        """Return the place a zone is named after: Ulaanbaatar, Улаанбаатар."""
        if "/" not in zone:
            return zone
        return str(get_timezone_location(zone, locale=self._locale, return_city=True)).rsplit("/", 1)[-1]

    def language_name(self, language: str) -> str:
        """Return the language's own name for itself: English, монгол."""
        name = _locale(language).get_language_name(language) or language
        return name[:1].upper() + name[1:]


@lru_cache(maxsize=64)
def translator(language: str) -> Words:
    """Return the words of `language`, of its base language, or of English."""
    for candidate in (language, language.split("-", maxsplit=1)[0].split("_", maxsplit=1)[0]):
        if candidate == SOURCE_LANGUAGE:
            return Words(SOURCE_LANGUAGE, None)
        source = files("i18n").joinpath("locale", candidate, "LC_MESSAGES", "messages.po")
        if candidate and candidate.isalpha() and source.is_file():
            with source.open("rb") as opened:
                return Words(candidate, read_po(opened, locale=candidate, abort_invalid=True))
    return Words(SOURCE_LANGUAGE, None)


def _filled(text: str, values: dict[str, object], *, source: str) -> str:
    """Return `text` with its placeholders filled; the English `source` when a translation's are wrong.

    A learner is waiting for this sentence, and a translator's slip must not cost it.
    """
    if not values:
        return text
    isolated = {name: _isolated(value) for name, value in values.items()}
    try:
        return text.format(**isolated)
    except (KeyError, IndexError, ValueError, AttributeError):
        return source.format(**isolated)


def _isolated(value: object) -> object:
    """Return a text with right-to-left letters between FSI and PDI, so that it turns nothing round it."""
    if isinstance(value, str) and any(bidirectional(letter) in {"R", "AL", "AN"} for letter in value):
        return f"\u2068{value}\u2069"
    return value


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale(SOURCE_LANGUAGE)
