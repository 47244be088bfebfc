"""Words that say nothing about what a video shows."""

_ENGLISH = """
about above actually after again against ahead almost along already also although always among
another anybody anyone anything anyway around away back basically because been before behind being
below between both bring came cannot come could does doing done down during each either else enough
even ever every everybody everyone everything exactly first from gets getting give given goes going
gone gonna good gotta great hardly have having here hers herself himself however inside instead into
itself just keep kind knew know last least less like likely little literally look looking lots made
make makes making many maybe mean might more most much must myself need never next nobody none
nothing once only onto other others ours ourselves over people perhaps please pretty quite rather
really right said same says seen several shall should since some somebody someone something
sometimes somewhere soon still such sure take taken tell than thank thanks that their theirs them
themselves then there therefore these they thing things think this those though through thus today
together told tomorrow tonight toward towards under until upon used using very wait wanna want wants
well went were what whatever when where whether which while whole whom whose will with within
without would yeah yesterday your yours yourself video videos clip clips part official full
"""
_GERMAN = """
aber alle allem allen aller alles also andere anderen auch beim bist damit dann darauf darum dass
dein deine denn dich diese diesem diesen dieser dieses doch dort durch eben eigentlich eine einem
einen einer eines einfach einmal etwas euch euer ganz gegen gibt habe haben hast hatte hier ihnen
ihre ihren immer jede jeden jeder jetzt kann kein keine können mehr mein meine mich muss nach nicht
nichts noch nochmal oder ohne schon sehr sein seine seit sich sind soll sonst über unser unter viel
vielleicht wann warum weil welche wenn werden wieder will wird wirklich wissen wollen worden wurde
würde zwischen
"""
_FRENCH = """
alors après aussi autre avant avec avez avoir avons bien cela cette ceux chez comme comment dans
depuis donc elle elles encore entre être fait faire ici jamais juste leur leurs mais même mieux
moins notre nous parce pour pourquoi quand quel quelle quelque rien sans sera sont sous suis tous
tout toute toutes très trop votre vous vraiment voilà était
"""
_SPANISH = """
ahora algo antes aquel aquí aunque bien cada como cómo cuál cual cuando cuándo desde donde dónde
ella ellas ellos entonces entre eres esas esos esta está están estas este esto estos estoy fuera
hace hacer hasta luego menos mientras mucho muchos nada nosotros nunca otra otro para pero poco
porque pues puede quien quién siempre sino sobre solo somos también tanto tiene todo todos unos
vamos
"""

STOP_WORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH}".split())
"""English, German, French and Spanish together: the language of a title is not known."""

_SHORT = """
all and any are aus auf aux bei but can cet con das day dem den der des die dir dos ein ela est for
fue fur für get got had has her hes him his how ich ihr ils ist its las lot les los mal mas más mes
mir mit muy new non not nos now nur off old one ont oui our out par pas per por que qué qui ses she
sie sin son sur tes the too top try two una und uno uns use vom von vos was way wer who why wie wir
you zum zur
"""

SHORT_STOP_WORDS = frozenset(_SHORT.split())
"""Words of three letters that say nothing even beside another word; alone, none says much."""
