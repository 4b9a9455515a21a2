"""Words that would say safe, clear or permitted, in each language; they stand in no phrase and in no message (G2)."""

from __future__ import annotations

FORBIDDEN = {
    "en": r"\bsaf(?:e|er|ely|ety)\b|\bclear(?:ed|ance)?\b|\bpermi(?:t|ts|tted|ssion)\b|\bauthori[sz]ed?\b|\bapprov\w+|"
    r"\bgranted\b|\bgo[- ]ahead\b|\bfree (?:to|of)\b|\bgreen\b|\bno (?:danger|threat|risk|conflict)|"
    r"\bmay proceed\b|\bgood to go\b|\bharmless\b",
    "fr": r"\bsûre?s?\b|\bsécuri\w+|\bsans (?:danger|risque)|\bdégagée?s?\b|\bautoris\w+|\bperm(?:is|ise|ission|et|ettre)\b|"
    r"\bapprouv\w+|\bfeu vert|\bvert\b|\blibre\w*|\bvoie libre|\bhors de danger|\bpraticable\w*|\brien à signaler|\binoffensi\w+",
    "ar": r"آمن|أمان|سلامة|مسموح|يُ?سمح|مصرّ?ح|تصريح|مأذون|\bإذن\b|مرخّ?ص|أخضر|لا خطر|خالٍ? من|سالك|لا مانع|بلا خطر",
    "ru": r"безопас|разреш|дозвол|допу(?:ск|щен)|санкциониров|одобр|свобод|\bчисто\b|зел[её]н|нет (?:угроз|опасност|риск)|"
    r"(?<!не )\bможно\b|\bпрепятствий нет\b|безвредн|\bпроход открыт",
    "uk": r"безпе(?:к|чн)|дозв[оі]л|допу(?:ск|щен)|санкціонован|схвал|вільн|\bчисто\b|зелен|немає (?:загроз|небезпек|ризик)|"
    r"(?<!не )\bможна\b|\bперешкод немає\b|нешкідлив|\bпрохід відкрит",
    "tr": r"\bgüven\w+|\bemniyet\w*|\bizin\w*|\bizni\w*|\bserbest\w*|\btemiz\w*|\bonay\w*|\byeşil\w*|"
    r"\btehlikesi\w*|\btehlike yok|\brisksiz\w*|\bmüsaade\w*|\bsakınca\w*|\bzararsız\w*|\bruhsat\w*",
}
