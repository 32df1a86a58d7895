"""English or Spanish, by the small words of a message; and whether a message is in neither."""
from __future__ import annotations

import re
import unicodedata

_ENGLISH = frozenset(
    """the and is are am was were you your my me i'm im i've i'll don't dont can't cant it's its this that what when where why
    how who to of for with not do does did have has had be been being will would should could want wanna need feel feeling
    think know just like really help please so much any anymore there here they he she we us our because about at on if
    out up all go going get got make life day night someone anyone hello hi hey thanks thank yes worried friend myself
    cost work does tell never always again hurt kill die dead alone""".split()
)
_SPANISH = frozenset(
    """el la los las un una unos unas y o pero porque que qué como cómo cuando cuándo donde dónde quien quién por para con sin
    de del al en es son soy estoy está estás están ser estar fue era mi mis tu tus su sus me te se nos lo le les yo tú él
    ella usted ustedes nosotros no sí si ya más mas muy mucho nada nadie algo alguien todo todos quiero quiere puedo puede
    tengo tiene hay hacer hago siento sentir ayuda ayudar necesito hola gracias buenos buenas días noches vida morir
    matarme suicidarme muerto sola solo cuánto cuanto cuesta duele dolor también tampoco nunca siempre ahora hoy mañana
    familia amigo amiga hijo hija favor español""".split()
)
#: Frequent words of other languages that are not words of ours.
_OTHERS = frozenset(
    """ich nicht und ist ein eine mich mir sie wir der das den mit auch aber warum weil kann keine leben möchte will
    je suis ne pas les des est une vous nous mon ma avec pour dans mais c'est j'ai veux plus moi elle vivre mourir
    eu não nao uma você voce meu minha estou muito com isso mas quero viver morrer tenho obrigado
    io sono non che mi il gli della voglio vivere morire perché perche anche questo grazie
    ik niet het een van mijn wil ben maar jij wij leven dood
    jag inte och är det att vill jeg ikke og er det vil mitt livet
    nie jestem się chcę żyć mam jak ale
    bir ben değil istiyorum çok var yok yaşamak ölmek
    ako ang hindi gusto ko na mga
    tôi không muốn là và của sống chết
    saya tidak ingin mau dan yang hidup mati""".split()
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
#: Below this share of a script's letters, a message counts as written in another script.
_FOREIGN_SHARE = 0.5


def language_of(text: str, default: str) -> str:
    """``"en"`` or ``"es"``; ``default`` when the small words do not tell, as in very short messages."""
    words = _words(text)
    english, spanish = sum(word in _ENGLISH for word in words), sum(word in _SPANISH for word in words)
    spanish += 2 * bool(re.search(r"[ñ¿¡]", text.lower()))
    if english == spanish:
        return default
    return "en" if english > spanish else "es"


def looks_unsupported(text: str) -> bool:
    """Whether the message is most likely neither English nor Spanish: another script, or more small words of others.

    For the multilingual static card (SM-28). Careful: a short or mixed message is not unsupported.
    """
    letters = [char for char in text if char.isalpha()]
    if len(letters) < 2:
        return False
    foreign = sum(not unicodedata.name(char, "").startswith("LATIN") for char in letters)
    if foreign / len(letters) > _FOREIGN_SHARE:
        return True
    words = _words(text)
    ours = max(sum(word in _ENGLISH for word in words), sum(word in _SPANISH for word in words))
    others = sum(word in _OTHERS for word in words)
    return others >= 2 and others > ours


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).replace("’", "'").lower())
