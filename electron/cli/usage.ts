/** What `servebar --help` says. Lines fit a terminal of 90 columns. */

export const usage = `Usage: servebar [folder] [options]

Serves a folder over HTTP. Without a folder: the current one.

  -p, --port N          the port; 0 takes any free one (default: 8080 or the next free)
      --host ADDRESS    an IP address of this computer to listen on (default: localhost)
      --lan             let other devices on the network open it
      --qr              show its address there as a QR code
      --open            open it in the browser
  -q, --quiet           no log
      --log FORMAT      combined (default) or json
      --config FILE     JSON with these long names; what is said here wins
  -h, --help            show this
  -V, --version         show the version

What is served:
      --index NAMES     the page of a folder: the first that exists (default: index.html)
      --no-index        folders have no page: they are always listed
      --no-listing      no list of files for a folder without a page
      --dotfiles        serve names that start with a dot
      --symlinks WHICH  confined: those that stay in the folder (default); follow; refuse
      --spa             a single-page app: navigations to nothing get its page
      --clean-urls      /about is about.html, and /about.html leads there
      --rules[=HOST]    apply _headers, _redirects and serve.json, as netlify or as
                        cloudflare; without HOST: as the project's files tell
      --live            reload pages when their files change
      --zip             offer listed folders whole, as a zip archive

How it is served:
      --https           HTTPS and HTTP/2, by a certificate authority of this computer
      --cert FILE --key FILE  HTTPS with this certificate and its private key
      --cache POLICY    no-cache (default), no-store, immutable, or a number of seconds
      --no-compress     send files as they are
      --cors[=ORIGIN]   pages of every origin may read the files, or those of this one
      --isolate         cross-origin isolation (COOP, COEP), for SharedArrayBuffer
  -H, --header FIELD    add this field to every answer, as 'Name: value'; repeatable
      --throttle HOW    slow-3g, fast-3g, flaky, or KBIT/S,MS: a slow network

Who may read it, and write:
      --auth USER[:PASSWORD]  ask for them; without PASSWORD: that of SERVEBAR_PASSWORD
      --allow-host NAMES      serve these host names too, such as site.test,*.site.test
      --upload[=overwrite]    visitors may add files, or replace them too
      --max-upload SIZE       of one file, such as 500M (default: as there is room)
      --manage                visitors may delete and rename; what they delete is gone

Limits:
      --headers-timeout MS     for the header of a request to arrive (default: 15000)
      --request-timeout MS     for a whole request to arrive (default: 60000)
      --keep-alive-timeout MS  for an idle connection (default: 30000)
      --max-connections N      answer 503 to what comes beyond (default: no limit)

Instead of serving:
      --trust, --untrust       browsers here trust certificates of --https, or no more

--no-NAME takes back what the --config file says of it, as in --no-live, --no-throttle.
The first line on standard output is the URL; the log follows, a line per request.
Ctrl+C stops it when open downloads have ended, at most 2 seconds later; again: at once.
Exit code: 0 stopped, 1 the folder cannot be served or the port is taken,
2 wrong arguments, 70 an error in servebar itself.
`
