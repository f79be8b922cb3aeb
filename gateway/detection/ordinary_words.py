"""Words that are names and ordinary English at once, and words that look like personal data and are none.

General knowledge, put together by hand.
"""

_BOTH = """
able ace all amber and angel any apple april arch archer art ash august autumn baker ball bank banks barber barn baron
bath bay bean bear bell berry best bill bills birch bird bishop black blank bliss bloom blue bold bolt bond book
booker booth bow bowl box boy bridge brook brown buck bull burns bush but butcher butler cage can candy cane cannon
card carpenter carver case cash castle chance chase christian chuck church clay clear cliff close cloud coach coin
colt cook cooper corn court cox craft crane crisp cross crow crystal curt daily dawn day days deal dean destiny
diamond dollar don dove draper drew duke dust early earnest east elder ever faith fall farmer field fields fish fisher
fit flood flower flowers for forest fox frank free french friend frost gates gay gem genesis glass gold golden good
goose grace grant graves gray green grey grove guest gun guy hall ham hand hardy has hawk haze head heart heaven hedge
her high hill hills him holiday home honor hood hook hope horn house hunt hunter independence iron ivory jet jewel job
joiner josh joy judge july june jury just justice keen key keys kind king kitchen knight lace lake lamb lance land
lane large lark lawn leaf less liberty light lily lion little lock long lord lot loud love low luck major mall man
march marine mark marks marsh marshal mason master masters max may mayor mead meadow melody mercy merit merry mild
miles mill miller mint miss mobile monday money moon more moss mountain muse nail neat new nice nick night noble noon
normal north not note nova oak ocean olive opal orange pace page pages paint painter palm parish park parks parson
passion pat patience patient peace peach pearl penny pepper per petty pick pierce pike pine place plain plum poet pole
pond pool poor pope porter post potter pound power powers precious price pride priest prince prior promise prudence
purse quick rain ranger raven ray read reading reed rice rich ring rise river rivers rob robin rock root rose roses
royal rule rush rust sage sailor saint sand sandwich sandy savage sawyer say school sea seal season see self senior
serenity sharp shepherd short silver sin sing singer skip sky slack slaughter small smart snow soldier son song south
spark sparks spear speed spring star start steel sterling still stone storm story street strong sue summer summers sun
sunday sunny sweet swift tag tan teller temple the thorn tiger tile tower town trace tree trinity trip true trust turn
union vale valentine van victor victory violet wade waiter walk walker wall walls ward was water waters way weaver web
weeks west wheeler white wild will wills win wind wing winter wise wolf wood woods word words work works world worth
wren you young
"""
_MAILBOXES = """
account accounts admin administrator billing care claims complaint complaints contact customer customerservice email
enquiries hello help helpdesk home info information mail mailbox manager me my name noreply office orders postmaster
reception sales service services shop staff support team test user webmaster
"""
_TITLES = "mr mrs ms miss mx dr prof sir madam dame lord lady rev jr sr ii iii iv phd md esq"

NAMES_THAT_ARE_WORDS = frozenset(_BOTH.split())
"""Written in lower case these are the ordinary word, unless they stand in a whole name."""

MAILBOXES = frozenset(_MAILBOXES.split())
"""What stands before the @ of an address and names no one."""

TITLES = frozenset(_TITLES.split())
"""What stands beside a name and is none."""

COUNTRIES = frozenset({"canada", "england", "great britain", "uk", "united kingdom", "united states", "us", "usa"})
"""Last lines of an address that tell nothing on their own."""
