"""The vendor's language codes, verbatim: lower case, underscore before script and region."""

from __future__ import annotations

from wordferry.sandbox.phrase.paths import SPECIFICATION, TMS, nothing
from wordferry.sandbox.phrase.values import TRUE_WORDS
from wordferry.sandbox.routing import Answer, Call, Route, answer_json

# code -> English name
NAMES: dict[str, str] = {
    line.split(" ", 1)[0]: line.split(" ", 1)[1]
    for line in """
af Afrikaans
am Amharic
ar Arabic
ar_ae Arabic (United Arab Emirates)
ar_dz Arabic (Algeria)
ar_eg Arabic (Egypt)
ar_iq Arabic (Iraq)
ar_ma Arabic (Morocco)
ar_sa Arabic (Saudi Arabia)
as Assamese
az Azerbaijani
az_latn_az Azerbaijani (Latin, Azerbaijan)
be Belarusian
bg Bulgarian
bg_bg Bulgarian (Bulgaria)
bn Bengali
bn_bd Bengali (Bangladesh)
bn_in Bengali (India)
bs Bosnian
bs_latn_ba Bosnian (Latin, Bosnia and Herzegovina)
ca Catalan
ceb Cebuano
ckb Central Kurdish
cs Czech
cs_cz Czech (Czechia)
cy Welsh
da Danish
da_dk Danish (Denmark)
de German
de_at German (Austria)
de_ch German (Switzerland)
de_de German (Germany)
de_lu German (Luxembourg)
el Greek
el_cy Greek (Cyprus)
el_gr Greek (Greece)
en English
en_au English (Australia)
en_ca English (Canada)
en_gb English (United Kingdom)
en_ie English (Ireland)
en_in English (India)
en_nz English (New Zealand)
en_sg English (Singapore)
en_us English (United States)
en_za English (South Africa)
eo Esperanto
es Spanish
es_ar Spanish (Argentina)
es_cl Spanish (Chile)
es_co Spanish (Colombia)
es_es Spanish (Spain)
es_mx Spanish (Mexico)
es_pe Spanish (Peru)
es_us Spanish (United States)
et Estonian
et_ee Estonian (Estonia)
eu Basque
fa Persian
fa_af Dari (Afghanistan)
fa_ir Persian (Iran)
fi Finnish
fi_fi Finnish (Finland)
fil Filipino
fil_ph Filipino (Philippines)
fo Faroese
fr French
fr_be French (Belgium)
fr_ca French (Canada)
fr_ch French (Switzerland)
fr_fr French (France)
fr_lu French (Luxembourg)
fy Western Frisian
ga Irish
gd Scottish Gaelic
gl Galician
gu Gujarati
ha Hausa
he Hebrew
he_il Hebrew (Israel)
hi Hindi
hi_in Hindi (India)
hmn Hmong
hr Croatian
hr_hr Croatian (Croatia)
ht Haitian Creole
hu Hungarian
hu_hu Hungarian (Hungary)
hy Armenian
id Indonesian
id_id Indonesian (Indonesia)
ig Igbo
is Icelandic
it Italian
it_ch Italian (Switzerland)
it_it Italian (Italy)
ja Japanese
ja_jp Japanese (Japan)
jv Javanese
ka Georgian
kk Kazakh
km Khmer
kn Kannada
ko Korean
ko_kr Korean (South Korea)
ku Kurdish
ky Kyrgyz
lb Luxembourgish
lo Lao
lt Lithuanian
lt_lt Lithuanian (Lithuania)
lv Latvian
lv_lv Latvian (Latvia)
mg Malagasy
mi Maori
mk Macedonian
ml Malayalam
mn Mongolian
mr Marathi
ms Malay
ms_my Malay (Malaysia)
mt Maltese
my Burmese
nb Norwegian Bokmal
nb_no Norwegian Bokmal (Norway)
ne Nepali
nl Dutch
nl_be Dutch (Belgium)
nl_nl Dutch (Netherlands)
nn Norwegian Nynorsk
no Norwegian
or Odia
pa Punjabi
pl Polish
pl_pl Polish (Poland)
ps Pashto
pt Portuguese
pt_br Portuguese (Brazil)
pt_pt Portuguese (Portugal)
ro Romanian
ro_md Romanian (Moldova)
ro_ro Romanian (Romania)
ru Russian
ru_ru Russian (Russia)
rw Kinyarwanda
si Sinhala
sk Slovak
sk_sk Slovak (Slovakia)
sl Slovenian
sl_si Slovenian (Slovenia)
so Somali
sq Albanian
sr Serbian
sr_cyrl Serbian (Cyrillic)
sr_cyrl_rs Serbian (Cyrillic, Serbia)
sr_latn Serbian (Latin)
sr_latn_rs Serbian (Latin, Serbia)
sv Swedish
sv_fi Swedish (Finland)
sv_se Swedish (Sweden)
sw Swahili
ta Tamil
te Telugu
tg Tajik
th Thai
th_th Thai (Thailand)
ti Tigrinya
tk Turkmen
tl Tagalog
tr Turkish
tr_tr Turkish (Turkey)
uk Ukrainian
uk_ua Ukrainian (Ukraine)
ur Urdu
ur_pk Urdu (Pakistan)
uz Uzbek
uz_latn_uz Uzbek (Latin, Uzbekistan)
vi Vietnamese
vi_vn Vietnamese (Vietnam)
xh Xhosa
yi Yiddish
yo Yoruba
zh_cn Chinese (Simplified)
zh_hk Chinese (Hong Kong)
zh_sg Chinese (Singapore)
zh_tw Chinese (Traditional)
zu Zulu
""".strip().splitlines()
}

RTL = frozenset({"ar", "ckb", "fa", "he", "ps", "ur", "yi"})


def _rfc(code: str) -> str:
    parts = code.split("_")
    shown = [parts[0]]
    shown += [part.title() if len(part) == 4 else part.upper() for part in parts[1:]]
    return "-".join(shown)


def _android(code: str) -> str:
    parts = code.split("_")
    return "-r".join([parts[0], *(part.upper() for part in parts[1:] if len(part) == 2)])


def _language(code: str, name: str) -> dict[str, object]:
    return {
        "code": code,
        "name": name,
        "rfc": _rfc(code),
        "android": _android(code),
        "androidBcp": "b+" + "+".join(_rfc(code).split("-")),
        "rtl": code.split("_", maxsplit=1)[0] in RTL,
    }


def list_languages(call: Call) -> Answer:
    """`GET /api2/v1/languages`; every language of the sandbox is active, so `active=false` finds none."""
    active = call.query.get("active")
    wanted = active is None or str(active).lower() in TRUE_WORDS
    return answer_json({"languages": [_language(c, n) for c, n in NAMES.items()] if wanted else []})


def language_routes() -> list[Route]:
    """The call that lists them."""
    return [
        Route(
            "GET",
            TMS + "/v1/languages",
            "list_languages",
            list_languages,
            nothing,
            summary="List supported languages",
            source=SPECIFICATION,
            fidelity="shape as documented; the list is a selection",
        )
    ]
