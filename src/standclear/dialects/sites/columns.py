"""Which column of a list says what: names in six languages, HXL tags, or what the caller states."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from standclear.dialects.places.words import fold
from standclear.errors import Ambiguous, Malformed

ROLES: Final = {
    "latitude": "lat|latitude|lat dd|lat wgs84|latitude dd|y|gps latitude|gps lat|широта|enlem|خط العرض|خط عرض|دائرة العرض|العرض",
    "longitude": "lon|long|lng|longitude|lon dd|long dd|longitude dd|lon wgs84|x|gps longitude|gps lon|gps long"
    "|долгота|довгота|boylam|خط الطول|خط طول|الطول",
    "position": "position|coordinates|coordinate|coords|gps|gps coordinates|grid|grid reference|mgrs|utm|lat lon|lat long"
    "|latitude longitude|coordonnées|coordonnees|coordonnées gps|coordonnees gps|координаты|координати|koordinat"
    "|koordinatlar|إحداثيات|الإحداثيات|احداثيات",
    "name": "name|site name|facility name|facility|site|name of facility|name of site|nom|nom du site|nom de la structure"
    "|nom de l'établissement|établissement|название|наименование|имя|название объекта|назва|найменування|назва об'єкта"
    "|ad|adı|adi|isim|tesis adı|tesis adi|اسم|الاسم|اسم الموقع|اسم المنشأة",
    "category": "category|type|kind|site type|facility type|type of facility|type of site|catégorie|categorie|type de structure"
    "|тип|категория|вид|тип объекта|категорія|тип об'єкта|tür|tur|tip|kategori|نوع|النوع|فئة|الفئة|نوع المنشأة",
    "admin": "admin1|admin 1|admin1 name|adm1|adm1 name|province|governorate|region|région|state|gouvernorat|область|регион"
    "|провинция|район|регіон|il|vilayet|محافظة|المحافظة",
    "country": "country|country name|pays|страна|країна|ülke|ulke|بلد|البلد|الدولة|دولة",
    "source": "source|ll source|source of position|source of coordinates|position source|method|source des coordonnées"
    "|источник|источник координат|джерело|джерело координат|kaynak|مصدر|المصدر",
    "owner": "owner|owner name|name of owner|site owner|facility owner|propriétaire|proprietaire|владелец|собственник|власник"
    "|sahibi|المالك|اسم المالك",
    "consent": "consent|consent given|owner consent|consentement|согласие|згода|rıza|riza|onay|الموافقة|موافقة",
    "datum": "datum|датум|crs|système géodésique",
}
TAGS: Final = {
    "#geo+lat": "latitude",
    "#geo+lon": "longitude",
    "#geo+coord": "position",
    "#loc+name": "name",
    "#loc+type": "category",
    "#adm1+name": "admin",
    "#country+name": "country",
}
_POSITION_ROLES: Final = frozenset({"latitude", "longitude", "position"})


def _plain(name: str) -> str:
    """A column name in small letters, with blanks for marks and without what stands in brackets."""
    without = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", fold(name))
    return re.sub(r"[\s_\-./:,*]+", " ", without).strip()


_ROLE_OF: Final = {_plain(name): role for role, names in ROLES.items() for name in names.split("|")}


def find_columns(
    names: Sequence[str], tags: Sequence[str], stated: Mapping[str, str] | None, *, field: str
) -> dict[str, int]:
    """The place of the column for each role; roles without a column are left out.

    Raises:
        Malformed: no column says where the sites are, or a stated one is not there.
        Ambiguous: several columns can be meant; state the one that is.

    Example:
        >>> find_columns(("Facility name", "Lat", "Long"), (), None, field="list")
        {'name': 0, 'latitude': 1, 'longitude': 2}
    """
    if stated is not None:
        return _stated(names, stated, field)
    found: dict[str, list[int]] = {}
    for index, name in enumerate(names):
        tag = TAGS.get(tags[index].replace(" ", "").lower()) if index < len(tags) else None
        role = tag or _ROLE_OF.get(_plain(name))
        if role:
            found.setdefault(role, []).append(index)
    for role, indexes in found.items():
        if len(indexes) > 1:
            readings = tuple(f"{role} is column {i + 1}, {names[i]!r}" for i in indexes)
            raise Ambiguous(field, ", ".join(names), readings, "state which column is which")
    chosen = {role: indexes[0] for role, indexes in found.items()}
    _check(chosen, names, field)
    return chosen


def _stated(names: Sequence[str], stated: Mapping[str, str], field: str) -> dict[str, int]:
    chosen: dict[str, int] = {}
    for role, name in stated.items():
        if role not in ROLES:
            raise Malformed(f"{field}.columns", f"{role!r} is no role", f"state one of {', '.join(ROLES)}")
        places = [i for i, column in enumerate(names) if column == name]
        if len(places) != 1:
            reason = f"{len(places)} columns are named {name!r}"
            raise Malformed(f"{field}.columns", reason, f"the columns are {', '.join(names)}")
        chosen[role] = places[0]
    _check(chosen, names, field)
    return chosen


def _check(chosen: Mapping[str, int], names: Sequence[str], field: str) -> None:
    roles = _POSITION_ROLES & set(chosen)
    if roles in ({"latitude", "longitude"}, {"position"}):
        return
    if roles == _POSITION_ROLES:
        readings = tuple(
            f"{role} is column {chosen[role] + 1}, {names[chosen[role]]!r}" for role in sorted(roles)
        )
        raise Ambiguous(field, ", ".join(names), readings, "state latitude and longitude, or position")
    remedy = f"state which columns hold latitude and longitude; the columns are {', '.join(names)}"
    raise Malformed(field, "has no column of positions that is known, or only half of one", remedy)
