"""Bytes -> text of record: which encoding a Chinese text file is in."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig", "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"),
)
# The commonest characters of policy texts in either script: a wrong decoding yields rare characters instead.
_COMMON = frozenset(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
    "國個們時來為會學發經這對說過後動種產業開關與長實現應無體點樣機從還將義務進區設資組織題質總統計處術導規劃協辦單據環類縣黨員幹領團聯戰權議報備確認證構標準選際傳輔訓練課師書試評獎園號條項執續歸獻貢歷屆層級強調維護運營雙優質質農鄉鎮貧勞動獲獨讓擴訂擬審視覺觀聽講論證鑒監督測驗檢查"
)


def decode(data: bytes) -> tuple[str, str]:
    """Decode the bytes of a Chinese text file; returns the text without byte order mark, and the encoding's name.

    UTF-8 and UTF-16/32 with a mark are taken at their word; else strict UTF-8, then GB18030 or Big5, whichever gives
    the commoner characters, as most Big5 bytes are also valid GB18030. Line ends stay as they are.

    Raises:
        UnicodeError: the bytes are no text in any of these encodings; the message says what to do.

    >>> decode("教育局工作要点".encode("gb18030"))
    ('教育局工作要点', 'gb18030')
    >>> decode("教育局工作要點".encode("big5"))
    ('教育局工作要點', 'big5')
    """
    for mark, codec, name in _BOMS:
        if data.startswith(mark):
            return data.decode(codec), name
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _nearly_utf8(data):
            raise UnicodeError(
                f"the text is UTF-8 but byte {error.start} is damaged; repair or convert the file"
            ) from error
    if b"\0" in data:
        raise UnicodeError("the file is binary, not text; convert it to UTF-8 text")
    candidates: list[tuple[float, str, str]] = []
    for codec in ("gb18030", "big5", "cp950", "big5hkscs"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        candidates.append((_commonness(text), codec, text))
    if candidates:
        # max keeps the first of equals: the narrowest of the Big5 family that reads the file.
        score, codec, text = max(candidates, key=lambda candidate: candidate[0])
        if score >= 0.2:
            return text, codec
    guess = from_bytes(data[: 256 * 1024]).best()
    if guess is not None:
        try:
            text = data.decode(guess.encoding)
        except (UnicodeDecodeError, LookupError):
            text = ""
        if _commonness(text) >= 0.2:
            return text, guess.encoding
    raise UnicodeError("the encoding is not UTF-8, GB18030 or Big5; convert the file to UTF-8")


def _nearly_utf8(data: bytes) -> bool:
    """Tell whether bytes are UTF-8 with a few damaged places, rather than another encoding."""
    text = data.decode("utf-8", errors="replace")
    return text.count("\ufffd") * 50 < len(HAN.findall(text))


def _commonness(text: str) -> float:
    """Return the share of common characters among all characters outside ASCII (0 without any)."""
    foreign = [
        character for character in text if character > "\x7f" and character not in "，。、；：？！“”‘’（）《》　"
    ]
    return sum(character in _COMMON for character in foreign) / len(foreign) if foreign else 0.0
