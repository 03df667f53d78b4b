"""The languages in which PostgreSQL 16 and later know the stems of words (Snowball)."""

STEMMED_LANGUAGES = frozenset(
    {
        *("arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish"),
        *("french", "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian"),
        *("lithuanian", "nepali", "norwegian", "portuguese", "romanian", "russian", "serbian"),
        *("spanish", "swedish", "tamil", "turkish", "yiddish"),
    }
)
