"""Names that are words, too: where they are replaced, a text may lose a word that was no name."""

from __future__ import annotations

from .names import word_set

COMMON = word_set(
    "able amber amor angel april archer art aurora august autumn baker basil bear belle best bill bishop black "
    "blanca blanche blue bob bond brand bright brook brown buck bud bush can candy carol carter cash chance "
    "charity chase clara claire clay cliff clover cole constance cook cooper coral cruz crystal daisy dale dawn "
    "dean deniz destiny dick dolores don dot drew duke earl ernst eve ever faith fay felicity fern fiore fischer "
    "fleur flora fox frank fuchs gale gene gift ginger gioia glen gloria good grace grant gray green grey guy "
    "hale hall harmony harper hazel heather heide hill hiro holly honey hope hunt hunter ines iris ivy jack jade "
    "jasmine jean jesus jet jewel joy june junior justice kaiser kay ken king klein koch lance lane lang last "
    "lee lily link little long lotte love luna luz major marina mark market martial mason maximum max may "
    "mercedes mercy merry miles mine misty moon more myrtle nell nick noble north novel nuri olive opal page "
    "paige paris park pat patience paz pearl penny peter pierce pierre pilar poppy porter price prince prudence "
    "queen rain ray reed rein reich reyes rich ring river rob robin rock rocky rosa rose rosemary rowan roy ruby "
    "rusty sage sandy schwarz sharp sherry short silver skip sky small snow sol sommer sonne star stark stella "
    "stern sterling stone storm su sue summer sun sunny swan taylor teddy tom trinity trip true vera verity "
    "victor viola violet violeta wade walker ward way weber weiss west white will winter wolf wolke wood young "
    "zimmer 明 晴 光 愛 海 空 花"
)
"""In small letters: English, German, Spanish, French, Italian, Turkish, Japanese. Not all there are."""
