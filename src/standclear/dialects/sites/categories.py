"""What kind of site a row's words name: the enumeration of the domain, or `other`; the words are kept beside it."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from standclear.dialects.places.words import fold

OTHER: Final = "other"
# The first line that matches decides; a hospital of a university is a hospital.
_WORDS: Final = (
    ("mobile_clinic", r"mobile (?:health )?(?:clinic|unit)|clinique mobile|передвижн|пересувн|gezici|عيادة متنقلة"),
    ("ambulance_station", r"ambulance|скорая|швидк\w* допомог|إسعاف|اسعاف"),
    ("blood_bank", r"blood bank|banque de sang|банк крови|банк кров|kan merkezi|بنك الدم"),
    ("medical_store", r"medical (?:store|warehouse)|depot pharmaceutique|медицинск\w* склад|tibbi depo"),
    ("hospital", r"hospit|hopita|больниц|госпитал|лікарн|шпитал|hastane|مستشفى|مشفى"),
    ("primary_health_centre", r"clinic|cliniq|dispensa|health (?:care )?(?:cent|post|hut|station|unit|facility|planning)"),
    ("primary_health_centre", r"(?:centre|poste|unites?) de sante|centros? de sa|centros? mater|postos? (?:de sa|sanit)"),
    ("primary_health_centre", r"centre medic|medical cent|matern|unite de soins|referral cent|primary health|sanatori"),
    ("primary_health_centre", r"поликлиник|поліклінік|амбулатор|медпункт|saglik|عيادة|مركز صحي|مستوصف"),
    ("evacuation_point", r"evacuation|эвакуац|евакуац|tahliye"),
    ("collective_centre", r"collective cent|centre collectif|مركز جماعي"),
    ("refugee_camp", r"refugee|refugies|беженц|біженц|multeci|لاجئين"),
    ("idp_camp", r"\bidp\b|displaced|deplaces|\bcamp\b|نازحين|مخيم"),
    ("humanitarian_office", r"\boffice\b|\bbureau\b|офис|офіс|\bofis\b|مكتب"),
    ("guesthouse", r"guest ?house|maison d'hotes|بيت ضيافة"),
    ("distribution_point", r"distribution|раздач|роздач|dagitim|توزيع"),
    ("logistics_hub", r"logistic|logisti|логист|логіст|lojistik|لوجست"),
    ("grain_store", r"grain|silo\b|зернохран|елеватор|элеватор|صوامع"),
    ("warehouse", r"warehouse|entrepot|\bсклад|\bdepo\b|مستودع"),
    ("university", r"universit|университет|університет|جامعة"),
    ("school", r"school|ecole|lycee|college|школ|\bokul|مدرسة|روضة|kindergarten"),
    ("wastewater", r"waste ?water|sewage|eaux usees|канализац|каналізац|atik su|صرف صحي"),
    ("water_treatment", r"water treatment|traitement (?:de l')?eau|водоочист|aritma|معالجة المياه"),
    ("pumping_station", r"pump|pompage|насосн|pompa|ضخ"),
    ("reservoir", r"reservoir|водохранил|водосховищ|خزان"),
    ("storage_tower", r"water tower|chateau d'eau|водонапорн|su kulesi"),
    ("well", r"\bwell\b|borehole|\bpuits\b|forage|скважин|свердловин|\bkuyu|بئر"),
    ("nuclear_power_station", r"nuclear|nucleaire|атомн|\bаэс\b|nukleer|نووي"),
    ("substation", r"substation|sous-station|подстанц|підстанц|trafo"),
    ("power_generation", r"power (?:plant|station)|centrale|электростанц|електростанц|santral|محطة كهرباء"),
    ("dam", r"\bdam\b|barrage|плотин|гребл|\bbaraj|\bсد\b|سد "),
    ("dyke", r"\bdyke\b|\bdike\b|digue|дамб"),
    ("telecom", r"telecom|antenn|вышк|телеком|اتصالات"),
    ("bakery_food_production", r"baker|boulanger|хлеб|хліб|\bfirin|مخبز|فرن"),
    ("religious", r"mosque|church|mosquee|eglise|temple|synagog|мечет|церков|церкв|\bcami|kilise|مسجد|جامع|كنيسة"),
    ("cultural_property", r"museum|musee|heritage|library|музе|библиот|muze\b|متحف"),
    ("fire_station", r"fire (?:station|brigade)|pompiers|пожарн|пожежн|itfaiye|إطفاء"),
    ("civil_defence", r"civil defen|protection civile|\bмчс\b|\bдснс\b|sivil savunma|دفاع مدني"),
    ("prison_detention", r"prison|detention|тюрьм|в'язниц|cezaevi|سجن"),
    ("primary_health_centre", r"\bhealth\b|\bsante\b|\bsaude\b"),
    ("media", r"\bradio\b|televis|\bmedia\b|телев|إذاعة"),
)  # fmt: skip
_COMPILED: Final = tuple((category, re.compile(pattern)) for category, pattern in _WORDS)
CATEGORIES: Final = (*dict.fromkeys(category for category, _ in _WORDS), OTHER)


def without_accents(text: str) -> str:
    """Small letters without the accents of Latin letters, for comparing names and words.

    Example:
        >>> without_accents("Hôpital Général")
        'hopital general'
    """
    folded = fold(text)
    if folded.isascii():
        return folded
    return "".join(c for c in unicodedata.normalize("NFKD", folded) if not "\u0300" <= c <= "\u036f")


@lru_cache(maxsize=4_096)
def category_of(words: str) -> str:
    """The category that the words for a kind of site name; `other` if none does.

    Example:
        >>> category_of("Hôpital de District"), category_of("Posto de Saúde"), category_of("Tour")
        ('hospital', 'primary_health_centre', 'other')
    """
    plain = without_accents(words)
    return next((category for category, pattern in _COMPILED if pattern.search(plain)), OTHER)
