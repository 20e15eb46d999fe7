// The status page: looked at again while a verification goes on.
"use strict";
(() => {
	window.setTimeout(() => window.location.reload(), 2000);
})();
