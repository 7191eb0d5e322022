"""The texts of standards that the report names paragraphs of, and how each was read."""

from ecocli.core.organisation import REVISED, SET_1, VSME
from ecocli.util.valueclass import value_class

ESRS_TAXONOMY, VSME_TAXONOMY, ISO_14064, L_1801, AI_ACT, SPEC_2314, CDP, GHG_METHODS = (
    "esrs-taxonomy", "vsme-taxonomy", "iso-14064-1", "itu-t-l-1801", "ai-act", "afnor-spec-2314", "cdp", "ghg-methods",
)  # fmt: skip


@value_class(frozen=True, slots=True)
class Text:
    """A published text."""

    title: str
    url: str
    read: str
    """What was read, and in whose copy where it was not the owner's."""
    read_on: str | None
    """None: it was not read, so nothing is claimed of it. [ISO 8601]"""


TEXTS = {
    SET_1: Text(
        "Commission Delegated Regulation (EU) 2023/2772, Annex I, ESRS E1 (ESRS set 1)",
        "https://eur-lex.europa.eu/eli/reg_del/2023/2772/oj",
        "paragraphs 35 to 55 and AR 39 to AR 54, in the transcription of the Official Journal of fingreen-ai/greenlang on GitHub; identifiers in EFRAG's taxonomy, below",
        "2026-11-29",
    ),
    REVISED: Text(
        "Commission Delegated Regulation (EU) 2026/1563, Annex I, ESRS E1 (revised ESRS)",
        "https://eur-lex.europa.eu/eli/reg_del/2026/1563/oj",
        "articles 2 and 3, paragraphs 25 to 31 and AR 18 to AR 26, as gaurav258-prog/climate-platform on GitHub quotes them from the Official Journal of 21 September 2026",
        "2026-11-29",
    ),
    VSME: Text(
        "Commission Recommendation (EU) 2025/1710, Annex I, disclosure B3 (VSME)",
        "https://eur-lex.europa.eu/eli/reco/2025/1710/oj",
        "paragraphs 29 to 31, in copies on GitHub; that 50 to 53 are on scope 3 is in EFRAG's taxonomy, below",
        "2026-11-29",
    ),
    ESRS_TAXONOMY: Text(
        "EFRAG, ESRS Set 1 XBRL Taxonomy of 2023-12-22, Annex 1 (30 August 2024)",
        "https://xbrl.efrag.org/taxonomy/esrs/2023-12-22/esrs_all.xsd",
        "element names with their paragraphs and datapoint identifiers, in EFRAG's own workbook as thegreenwebfoundation/carbon-txt-validator on GitHub keeps it",
        "2026-11-29",
    ),
    VSME_TAXONOMY: Text(
        "EFRAG, VSME XBRL Taxonomy of 2026-05-01",
        "https://github.com/EFRAG-EU/Digital-Template-to-XBRL-Converter",
        "element names with their paragraphs, in EFRAG's own repository",
        "2026-11-29",
    ),
    ISO_14064: Text(
        "ISO 14064-1:2018",
        "https://www.iso.org/",
        "names of its categories, in EFRAG's taxonomy of ESRS set 1; the standard itself was not read",
        "2026-11-29",
    ),
    GHG_METHODS: Text(
        "GHG Protocol, Technical Guidance for Calculating Scope 3 Emissions",
        "https://ghgprotocol.org/",
        "names of the four methods, in IBM's documentation of Envizi; the guidance itself was not read",
        "2026-11-29",
    ),
    L_1801: Text(
        "Recommendation ITU-T L.1801 (02/2026)",
        "https://www.itu.int/ITU-T/recommendations/rec.aspx?rec=16642",
        "summary and table of contents, on the pages of the ITU; the Recommendation itself was not read",
        "2026-11-29",
    ),
    AI_ACT: Text(
        "Regulation (EU) 2024/1689 (AI Act), Annex XI, section 1, point 2(e), and Article 53(1)(a)",
        "https://eur-lex.europa.eu/eli/reg/2024/1689/oj",
        "in copies of the Official Journal's text on the web",
        "2026-11-29",
    ),
    SPEC_2314: Text("AFNOR SPEC 2314 (June 2024)", "https://www.afnor.org/", "not read", None),
    CDP: Text("CDP questionnaire", "https://www.cdp.net/", "not read", None),
}  # fmt: skip
