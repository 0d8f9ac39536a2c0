// Written by tools/unicode-tables.

/// Of Unicode 17.0.
enum LowercaseTable {
    static let version = (major: 17, minor: 0)

    /// Lower-case mappings beyond ASCII, as `Lowercase` reads them.
    static let runs: StaticString = """
        ^,P^,%0^,E^I%$d+%-&A&^E%$a7$-'$d@$)%$d8$$&%&d6$$&&$_R$$d0$$d2$$&%$d6$$d:%$dB$$d>$$&'$dB$$dF%$dH$-%$dP$$&%$dP&$&%$dP$$&%&dN$)%$dR$$&'$&+$($$&\
        %$($$&%$($E&E&$($)%$`?$$_%$^9%$aI%E+$hhB$$&%$bS$$hh<&$&%$c[$$_>$$_B$5b-)'$&,$a,*$^8%(^6%$_4%&_2%D^,%4^,G$4,Q)$_-&$&%$3$$&&(aI$B_T$^*^,T^--^U\
        %$B$=&`9&^6^L^nE^6dr<%$dr<)$dr<iV_R^cy$$.4^b/$&*^@`b=&(`b=bLb5-$d~[%`9-25,.5.25,25,.5/$5%$5%$5%$5,25<25,25,25,&5$&_I$$7/*`)$$7/&5$&`E0&5$&a%\
        $$3/&aE$&aA$$7b5$d{?'$ex;$$et)*$^$QBD7$&kFVX}T^J^LT$&%$hfK$$a]1$$hf+&-%$hh%$$hfW$$hh+$$hh)%$&&$&,&hi3$`A,)($&mgA^E7Y_;='_-.)%$^``U$5($&%$^gk\
        %&)'I%$^gl%$$^gl;$$^gl3$$^gkW$$^gl%%$^gj1$$^gk)$$^gj7$$~,$A%$^M$$^gk[$$^`bM$)%$^gm3$A%$^gu'<$&hu?V^,rQ^:^<_<^2^<_P8^:%@^:%0^:%&^:|F^P_4_QN^,\
        ^n6^*^,hmT^*^,^,TZmk[^.^0
        """
}
