// What every page does. Without scripts the text, the menu and the links are still there.

import { startContents } from "./contents.js";
import { startCopying } from "./copy.js";
import { startExplorers } from "./explorers.js";
import { startMeanings } from "./meanings.js";
import { startMenu } from "./menu.js";
import { startPictures } from "./pictures.js";
import { startPrinting } from "./printing.js";
import { startRecord } from "./record.js";
import { startScrolling } from "./scrolling.js";
import { startSearch } from "./search.js";
import { startThemes } from "./themes.js";

startThemes();
startMenu();
startContents();
startScrolling();
startCopying();
startMeanings();
startSearch();
startRecord();
startPictures();
startPrinting();
startExplorers();
