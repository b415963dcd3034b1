"""Forms: XLSForms as plain records, what is wrong with them, and which indicators they can feed.

Import from the parts: whoever only reads what a phone sent (`forms.xform`) needs neither the converter of workbooks nor
the kits.
"""
