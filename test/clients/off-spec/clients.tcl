# Sends requests that Tcl's oauth, of tcllib, signs. Reads one JSON document.
package require http
package require json
package require oauth

set input [json::json2dict [read stdin]]
set keys [dict get $input credentials]
oauth::config -consumerkey [dict get $keys key] -consumersecret [dict get $keys secret] \
    -accesstoken [dict get $keys token] -accesstokensecret [dict get $keys tokenSecret]

foreach given [dict get $input requests] {
    set url [dict get $given url]
    if {[string match {http://127.0.0.1*} $url]} {
        http::config -proxyhost {} -proxyport {}
    } else {
        http::config -proxyhost 127.0.0.1 -proxyport [dict get $input port]
    }
    if {[dict exists $given query]} {
        oauth::query $url
        continue
    }
    set form [expr {[dict exists $given form] ? [dict get $given form] : {}}]
    set header [oauth::header $url $form]
    if {$form eq {}} {
        http::geturl $url -headers $header
    } else {
        http::geturl $url -headers $header -query $form
    }
}
